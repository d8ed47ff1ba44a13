import type * as z from 'zod';
import type { Capability } from '../datastores/datastore.ts';
import { getDatastore, hasCapability } from '../datastores/definitions.ts';
import type { ErrorCode } from '../errors.ts';
import type { UpgradeFindings } from '../guest/upgrade-findings.ts';
import { lostAfterMs } from '../health.ts';
import type { Action, Actor } from '../may.ts';
import { type Quota, refuseBeyond, type Taken } from '../quotas.ts';
import type { Backup } from '../resources/backup.ts';
import type { ConfigurationGroup } from '../resources/configuration-group.ts';
import type { Instance } from '../resources/instance.ts';
import type { Operation } from '../resources/operation.ts';
import type { RestoreWindow } from '../resources/restore-window.ts';
import type { StorageTarget } from '../resources/storage-target.ts';
import type { InstanceStatus } from '../status.ts';
import { sayTaken } from '../taken-name.ts';
import type { Installed } from '../upgrades.ts';

/** `field` names the input that the reason is about, where there is one; `code` is `refused` when left out. */
export type Refusal = { reason: string; field?: string; code?: ErrorCode } | null;

/** What a precondition may look at: the instance (null when it does not exist yet), its set, the project's things it may name, who asks, and what runs. */
export type OperationFacts = {
  projectId: string;
  instance: Instance | null;
  /** Source and replicas of the instance's set, the instance included. */
  set: readonly Instance[];
  backups: readonly Backup[];
  /** Those of them that an operation is restoring, proving, adding to or deleting, where somebody looked. */
  backupsInWork?: readonly string[];
  /** Those that are asked to be deleted, where somebody looked. */
  backupsBeingDeleted?: readonly string[];
  /** Names of the project's other instances, where somebody looked. */
  otherNames?: readonly string[];
  configurationGroups: readonly ConfigurationGroup[];
  /** The project's storage targets, or those of them that are asked for, where somebody looked. */
  storageTargets?: readonly Pick<StorageTarget, 'id' | 'projectId'>[];
  /** What the project's instances can be restored to, where somebody looked. */
  restoreWindows?: readonly RestoreWindow[];
  /** The project's limits, where somebody asks for more; an operation that was accepted holds what it takes already. */
  quotas?: readonly Quota[];
  /** What the host has, where somebody looked. */
  versions?: readonly Installed[] | undefined;
  /** What its own server says about being taken to another version, where it was asked. */
  upgradeFindings?: UpgradeFindings | null;
  actor: Actor;
  running: Operation | null;
};

export type PlannedStep<Step extends string = string> = {
  key: Step;
  title: string;
  /** Whether cancelling while this step waits or runs is safe. */
  cancellable: boolean;
  /** Whether a failed operation may be taken up again from this step. */
  resumable: boolean;
};

export type OperationDefinition<Input extends z.ZodType = z.ZodType, Step extends string = string> = {
  /** Verb with object, for titles and toasts: "Restart instance". */
  title: string;
  /** The bare verb for menus and buttons: "Restart". */
  verb: string;
  /** Between it and the instance's name, where they do not stand together: "Resize flavor of orders". */
  link?: 'of' | 'to';
  danger: 'none' | 'interrupts' | 'destructive';
  action: Action;
  /** Where it is offered: on an instance, on one backup, or as the new-instance page. */
  subject: 'instance' | 'backup' | 'new-instance';
  /** The status word shown while it runs. */
  runningStatus: InstanceStatus | null;
  /** What no other operation may hold meanwhile: the instance (when left out), its whole set, or nothing. */
  claims?: 'set' | 'nothing';
  /** Ends whatever operation holds the instance instead of being refused as busy. */
  takesOver?: true;
  input: Input;
  /** Every step key the workflow may run, in order; the workflow registry is typed by these. */
  steps: readonly Step[];
  /** The steps of this very run; also the dry run. */
  plan(facts: OperationFacts, input: z.infer<Input>): PlannedStep<Step>[];
  /** Asked by the button, by the API and again by the workflow when it starts. */
  refuse(facts: OperationFacts, input: z.infer<Input> | null, nowMs: number): Refusal;
  /** What the project holds more of by it, against its quotas. */
  takes?(facts: OperationFacts, input: z.infer<Input> | null): Taken;
  /** How far beyond its quotas a project may go for it. */
  spare?: Taken;
  /** Present on what must be confirmed: what goes, what stays; `typed` asks for the instance's name. */
  confirm?: {
    typed: boolean;
    /** The name to type where it is not the instance's, or only for some inputs; null for none. */
    typedName?(facts: OperationFacts, input: Partial<z.infer<Input>>): string | null;
    goes(facts: OperationFacts, input?: Partial<z.infer<Input>>): string[];
    stays(facts: OperationFacts, input?: Partial<z.infer<Input>>): string[];
  };
  /** What else it acts on or leads to than its instance, in a few words to stand behind its title: "nightly-3", "to orders-2". Kept, since what it names may be gone later. */
  about?(facts: OperationFacts, input: z.infer<Input>): string;
  /** Said in the toast and the drawer when it has been accepted. */
  sentence(facts: OperationFacts, input: z.infer<Input>): string;
};

export function defineOperation<Input extends z.ZodType, const Step extends string>(
  definition: OperationDefinition<Input, Step>,
): OperationDefinition<Input, Step> {
  const { takes, spare, refuse } = definition;
  if (takes === undefined) return definition;
  return {
    ...definition,
    refuse: (facts, input, nowMs) => refuse(facts, input, nowMs) ?? refuseBeyondQuotas(facts, takes(facts, input), spare),
  };
}

/** The same sentence and code for whoever asks first and for whoever lost a race. */
export function refuseBeyondQuotas({ quotas = [] }: Pick<OperationFacts, 'quotas'>, taken: Taken, spare: Taken = {}): Refusal {
  const reason = refuseBeyond(quotas, taken, spare);
  return reason === null ? null : { reason, code: 'quota-exceeded' };
}

/** Backups that an operation makes by itself keep nobody from restoring: so many of them lie beyond a project's quota before some must go. */
export const spareBackups: Taken = { backups: 10 };

export function refuseTaken({ otherNames = [] }: Pick<OperationFacts, 'otherNames'>, name: string): Refusal {
  return otherNames.includes(name) ? { reason: sayTaken('an instance', name), field: 'name', code: 'name-taken' } : null;
}

/** Refusals every operation on an existing instance shares: it is there, it is free, the agent is heard. */
export function refuseUnlessFree(facts: OperationFacts): Refusal {
  if (facts.instance === null) return { reason: 'The instance does not exist.' };
  if (facts.running !== null) return { reason: `${facts.running.title} is running. Wait until it ends.` };
  return null;
}

export function refuseUnlessHeard(facts: OperationFacts, nowMs: number): Refusal {
  const free = refuseUnlessFree(facts);
  if (free !== null) return free;
  const { instance } = facts;
  if (instance === null || instance.guest === null) return { reason: 'The guest has not reported yet.' };
  const seen = instance.agentSeenAt === null ? 0 : Date.parse(instance.agentSeenAt);
  if (nowMs - seen > lostAfterMs)
    return {
      reason: 'The agent has been silent for minutes, though one that is gone is started again within seconds. Its guest may be lost.',
    };
  if (nowMs - seen > 30_000)
    return { reason: 'The agent has been silent for over 30 seconds. It is being started again; try when it is back.' };
  return null;
}

export function refuseUnlessRunning(facts: OperationFacts, nowMs: number): Refusal {
  const heard = refuseUnlessHeard(facts, nowMs);
  if (heard !== null) return heard;
  return facts.instance?.guest?.processState === 'running' ? null : { reason: 'The database is not running. Start it first.' };
}

/** Refuses what the instance's datastore cannot do here. */
export function refuseUnlessCapable(facts: OperationFacts, capability: Capability, what: string): Refusal {
  if (facts.instance === null) return null;
  const { datastore } = facts.instance;
  return hasCapability(datastore, capability) ? null : { reason: `${getDatastore(datastore).title} has no ${what} here yet.` };
}

/** What a backup is called, where it is still known. */
export function nameBackup({ backups }: Pick<OperationFacts, 'backups'>, id: string): string {
  return backups.find((backup) => backup.id === id)?.name ?? '';
}

export function step<Step extends string>(
  key: Step,
  title: string,
  traits: { cancellable?: boolean; resumable?: boolean } = {},
): PlannedStep<Step> {
  return { key, title, cancellable: traits.cancellable ?? false, resumable: traits.resumable ?? true };
}
