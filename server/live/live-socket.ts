import type { Namespace, Socket } from 'socket.io';
import type { BrowserToServer, LiveChange, ServerToBrowser } from '#contract/live.ts';
import type { Actor } from '#contract/may.ts';
import type { Pulse } from '#contract/resources/sample.ts';

export type LocatedPulse = { projectId: string; pulse: Pulse };
type BetweenReplicas = { pulses: (pulses: LocatedPulse[]) => void };
export type LiveSocket = Socket<BrowserToServer, ServerToBrowser, BetweenReplicas, LiveData>;
export type LiveNamespace = Namespace<BrowserToServer, ServerToBrowser, BetweenReplicas, LiveData>;

export type LiveData = {
  /** Null while the rights are being looked at again: nothing is sent then. */
  actor: Actor | null;
  accountId: string;
  /** Counts the `changed` messages of this socket. */
  number: number;
  /** The newest look at its rights, settled when that is over: an older one that ends later changes nothing. */
  looking: Promise<void>;
  follows: Map<string, { instanceId: string; projectId: string }>;
};

/** What of a commit goes out, and to whom: `projectId` null is nobody's. */
export type RoutedChange = { projectId: string | null; change: LiveChange };

export const everythingRoom = 'everything';
export const toProjectRoom = (projectId: string) => `project:${projectId}`;
/** Named by the guest as well: another guest cannot speak into it. */
export const toFollowRoom = (instanceId: string, followId: string) => `follow:${instanceId}:${followId}`;

/** A follow's id as the guest knows it: nobody can name another socket's. */
export const toGuestFollowId = (socketId: string, followId: string) => `${socketId}:${followId}`;
