import type { GuestIdentity } from '#contract/guest/identity.ts';
import type { GuestFacts } from '#contract/status.ts';

/** `replaced`: one that hung was ended for another. `absent`: this host has no such guest. */
export type Ensured = 'running' | 'started' | 'replaced' | 'absent';

/** Makes places for guests and keeps their agents alive. Every verb looks first, so that asking again finishes what is missing. */
export type Compute = {
  isolation: { accounts: boolean; sentence: string };
  /** What the host can hold a guest to; a guest reports what it is really held to. */
  enforcement: GuestFacts['enforcement'];
  /** Datastore versions this host really has, one per major version. */
  listVersions(): Promise<HostVersion[]>;
  /** Account, folder and identity exist and an agent with this token runs after it. Throws `conflict` where foreign data is in the way. */
  create(request: GuestRequest): Promise<void>;
  /**
   * Starts the agent when it is dead, or when one that is older hangs: nothing was heard of it for `hungForMs`. Never touches its engine.
   */
  ensure(instanceId: string, hungForMs?: number): Promise<Ensured>;
  /**
   * From its next start on the guest runs the programs that the host has of this version now; its agent is started anew where those
   * lie elsewhere. Nothing of its engine may run. Throws `version-unavailable`, or `refused` while something runs.
   */
  takeVersion(instanceId: string, version: string): Promise<void>;
  /**
   * Notes the programs that the guest has now as those it may go back to; asked again for the same purpose it notes nothing.
   * True when it went back to them for this purpose already.
   */
  keepPrograms(instanceId: string, purpose: string): Promise<boolean>;
  /**
   * Gives the guest the programs that were kept for this purpose, where they still are, and no newer ones until programs are kept anew. Its
   * agent is started anew, nothing of its engine may run; answers the same when asked again. Null where they are gone or are what it has.
   */
  returnPrograms(instanceId: string, purpose: string): Promise<HostVersion | null>;
  /** New limits for the guest's processes, without a restart. */
  resize(instanceId: string, size: GuestSize): Promise<void>;
  /** Ends the agent and the engine, then removes folder, account and limits; gone already is fine. */
  remove(instanceId: string): Promise<void>;
  /** What the host has free for one more guest. */
  measureRoom(): Promise<{ diskBytes: number; memoryBytes: number }>;
  probe(instanceId: string): Promise<GuestProbe>;
  /** Those of these guests for which no process at all runs on this host. */
  listIdle(instanceIds: readonly string[]): Promise<string[]>;
};

/** `version` is the major version as people choose it, `full` the program's own answer; `origin` says where it comes from ("Debian", "npm"). */
export type HostVersion = { datastore: GuestIdentity['datastore']; version: string; full: string; origin: string; binFolder: string };

export type GuestSize = { memoryBytes: number; cpus: number; volumeBytes: number };

export type GuestRequest = Omit<GuestIdentity, 'folder' | 'binFolder' | 'backupFolder' | 'controlGroups'> & { size: GuestSize };

/** `processes` counts everything that runs for the guest: the agent, the engine, its children. */
export type GuestProbe = { folder: string | null; agentPid: number | null; processes: number };
