import type { Fault } from '#contract/errors.ts';
import type { CommandInput, CommandName, CommandOutput } from '#contract/guest/commands.ts';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import type { Actor } from '#contract/may.ts';
import type { OperationInput, OperationName, OperationStep } from '#contract/operations/index.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Compute } from '#drivers/compute/compute.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import type { Certificates } from '../certificates.ts';
import type { Guests } from '../guests.ts';
import type { Store } from '../store/store.ts';

/** What workflows work with; the composition root passes it in. */
export type WorkflowTools = {
  store: Store;
  guests: Guests;
  compute: Compute;
  certificates: Certificates;
  /** The project's backups as the control plane reaches them, for when no guest is left to ask. */
  openStorage(address: StorageAddress, projectId: string): Promise<Storage>;
  /** Where guests of this host listen, and how they reach us. */
  host: { name: string; listenAddress: string; portRange: { first: number; last: number }; controlPlaneUrl: string };
  heartbeatIntervalMs: number;
  /** So many backups are restored for proof at a time; the others wait in the order in which they were asked for. */
  proofsAtOnce: number;
};

/** `deadlineMs` from now, ten minutes when left out; `key` tells commands of one name in one step apart. */
export type Asking = { deadlineMs?: number; key?: string };

/** Inside one step. Everything here may happen again after a crash: look before acting. */
export type StepContext = {
  /** Asks a guest and waits for its outcome. The same name, guest and key is the same command in every execution of one attempt. */
  command<N extends CommandName>(instanceId: string, name: N, input: CommandInput<N>, asking?: Asking): Promise<CommandOutput<N>>;
  /** The same where failing is no reason to stop; null then. */
  tryCommand<N extends CommandName>(instanceId: string, name: N, input: CommandInput<N>, asking?: Asking): Promise<CommandOutput<N> | null>;
  /** Reads from a guest, again while its agent cannot be reached. */
  query<N extends CommandName>(instanceId: string, name: N, input: CommandInput<N>, deadlineMs?: number): Promise<CommandOutput<N>>;
  /** Shows beside the step why it takes its time; the same again costs nothing. */
  say(detail: string): Promise<void>;
  /** Asks until the answer is not null. Throws `deadline-passed` with the sentence. */
  waitFor<T>(look: () => Promise<T | null>, wait: { deadlineMs: number; everyMs?: number; sentence(): string }): Promise<T>;
};

export type WorkflowContext<N extends OperationName = OperationName> = {
  operationId: string;
  projectId: string;
  actor: Actor;
  input: OperationInput<N>;
  tools: WorkflowTools;
  /** The operation's instance, read now. Throws when there is none. */
  instance(): Promise<Instance>;
  findInstance(): Promise<Instance | null>;
  /** True when the plan of this run has the step. */
  has(key: OperationStep<N>): boolean;
  /** Runs a step once, durably; what it returns is shown beside the step and must be neither secret nor large. */
  step(key: OperationStep<N>, run: (step: StepContext) => Promise<string | undefined>): Promise<void>;
};

export type Workflow<N extends OperationName> = {
  run(context: WorkflowContext<N>): Promise<void>;
  /** After a failure or a cancelling: puts right what must not stay. Safe to repeat; its own failure is only logged. */
  undo?(context: WorkflowContext<N>, outcome: { state: 'cancelled' } | ({ state: 'failed' } & Fault), step: StepContext): Promise<void>;
};

export type Workflows = { [N in OperationName]: Workflow<N> };
