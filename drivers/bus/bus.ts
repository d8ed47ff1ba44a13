import type { Fault } from '#contract/errors.ts';
import type { CommandDelivery, CommandName, CommandReceipt } from '#contract/guest/commands.ts';
import type { GuestHello } from '#contract/guest/identity.ts';
import type { Report } from '#contract/guest/reports.ts';

/**
 * The guest's end: casts reports to the conductor, serves deliveries and calls from the control plane.
 * It connects outward by itself, again after every loss, with jitter.
 */
export type GuestBus = {
  /**
   * Volatile reports go out now or never: false when there is no connection. Those that mustArrive() are kept in memory, in order,
   * and sent again until the conductor has acknowledged them; `onAcknowledged` then names them.
   */
  cast(report: Report): boolean;
  serve(handlers: GuestHandlers): void;
  /** Called at each connection, after the control plane welcomed us. */
  onConnected(callback: (welcome: Welcome) => void): void;
  onAcknowledged(callback: (report: Report) => void): void;
  /** The control plane refused us. The bus keeps trying, slowly; the agent decides whether to go on. */
  onRefused(callback: (fault: Fault) => void): void;
  isConnected(): boolean;
  close(): Promise<void>;
};

export type GuestHandlers = {
  /** Answers at once; the outcome comes later as a `command-ended` report. */
  deliver(delivery: CommandDelivery): Promise<CommandReceipt>;
  /** Answers a query with its output, or throws GuestboardError. `deadlineMs` is how long the caller waits. */
  call(name: string, input: unknown, deadlineMs: number): Promise<unknown>;
  /** Asks a running command to stop where that is safe; its outcome is reported as ever. Unknown ids are ignored. */
  cancel(commandId: string): void;
};

/** What the control plane says first. `serverMs` is its clock, epoch milliseconds. */
export type Welcome = { protocol: number; serverMs: number };

/** The control plane's end: receives casts, calls guests wherever they are connected. */
export type ControlBus = {
  /**
   * `report` is as it came, unparsed; `guest` is who sent it, by its token. A mustArrive report is acknowledged when the promise resolves,
   * and comes again when it rejects: write it down once by (bootId, sequence). Reports of one guest arrive in order; a re-sent one comes late, with its old sequence.
   */
  onReport(callback: (guest: ConnectedGuest, report: unknown) => Promise<void>): void;
  /** Guests connected to this replica, as they come and go. A newer connection of the same guest replaces the older without a `disconnected`. */
  onPresence(callback: (presence: Presence) => void): void;
  /** Hands a command to the guest, on whichever replica it is. Throws `agent-unreachable` when none holds it, `agent-timeout` when it does not answer. */
  deliver(instanceId: string, delivery: CommandDelivery, timeoutMs: number): Promise<CommandReceipt>;
  /** Calls a query. The output is the guest's, unparsed. Throws as deliver does, or what the guest threw. */
  call(instanceId: string, name: CommandName, input: unknown, timeoutMs: number): Promise<unknown>;
  /** Best effort. */
  cancel(instanceId: string, commandId: string): void;
  /** Whether this replica holds the guest's connection. */
  holds(instanceId: string): boolean;
  connected(): ConnectedGuest[];
  /** Ends the guest's connections everywhere, as when its instance is deleted or its token is changed. */
  disconnect(instanceId: string): void;
  close(): Promise<void>;
};

export type ConnectedGuest = {
  instanceId: string;
  bootId: string;
  bootedAtMs: number;
  agentVersion: string;
  protocol: number;
  /** Guest's clock minus ours at connection, milliseconds. */
  clockSkewMs: number;
  connectedAtMs: number;
};
export type Presence = { state: 'connected' | 'disconnected'; guest: ConnectedGuest };

/** Decides who a guest is by its token. A refusal is told to the guest; throwing counts as a refusal that is worth another try. */
export type AuthenticateGuest = (hello: GuestHello, from: { address: string }) => Promise<{ instanceId: string } | { refused: Fault }>;
