import type { Capability } from '#contract/datastores/datastore.ts';
import type { CapabilityOf, DatastoreName } from '#contract/datastores/index.ts';
import type { Answers, CommandContext, CommandInput } from '#contract/guest/commands.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import type { ReportBody } from '#contract/guest/reports.ts';
import type { LogLevel } from '#contract/resources/log.ts';
import type { GuestFacts } from '#contract/status.ts';
import type { ProcessIdentity } from '#drivers/process/pid-identity.ts';
import type { ArchiveSource } from './archive/source.ts';
import type { Pace } from './backup/pace.ts';

/**
 * What drives one datastore on a guest: the primitives below, plus every capability its definition claims.
 * Logs and the archive are answered by the core from `logSources` and `archiveSource`; probe, restart, crash supervision and the volume guard are the core's too.
 */
export type Engine<D extends DatastoreName> = EngineWith<CapabilityOf<D>>;
export type EngineWith<C extends Capability> = EngineCore & { [G in Exclude<C, 'logs' | 'archive'>]: Answers<G> };

/** What `agent/engines/<datastore>/index.ts` exports as `createEngine`. Creating does nothing yet: no process, no connection, no file. */
export type CreateEngine<D extends DatastoreName> = (host: EngineHost) => Engine<D>;

export type EngineCore = {
  /**
   * Asked once at agent start: finds the engine an earlier agent left running and answers its main process, or null.
   * Believes process identity, executable and data folder together, never a pid alone; never signals a stranger.
   */
  adopt(): Promise<ProcessIdentity | null>;

  /** The main process as last started or adopted; the core looks for it at least once a second, and at once when `connectionLost` is told. Null once stopped on request, or never started. */
  mainProcess(): ProcessIdentity | null;

  /** After the process is gone: true when its files say it was shut down in order, false when it ended in the middle of work. */
  endedCleanly(): Promise<boolean>;

  /** One cheap look, every beat. Bounded by its own deadlines (well under a second) and by `signal`, which many looks are given; never throws. */
  look(signal: AbortSignal): Promise<EngineLook>;

  /**
   * start: returns when it answers; running already is fine; first clears what a crash left (after proving that nothing lives),
   * and refuses a data folder that is not complete. stop: returns when the process is gone; stopped already is fine. Both throw with the engine's own words.
   */
  lifecycle: Pick<Answers<'lifecycle'>, 'initialise' | 'start' | 'stop' | 'resize'>;

  /**
   * The volume guard's switch: false stops tenant writes by a means the tenant cannot override, while an administrator may still delete.
   * Repeatable: called again after every start, and at each measurement while stopped, so that new databases and users are covered.
   * Independent of `replication.fence`: true does not open what a fence closed. `isOverfull`: what makes room fills it further, and stops, too.
   */
  setWritable(writable: boolean, isOverfull?: boolean): Promise<void>;

  logSources(): readonly LogSource[];

  /** Folders whose bytes count against the volume. */
  volumeFolders(): readonly string[];

  /** What the core archives continuously; absent where the datastore claims no archive. */
  archiveSource?: ArchiveSource;

  /** Ends connections and timers of the agent's own; the database runs on. */
  close(): Promise<void>;
};

/** What the core gives an engine. Files: data/ run/ logs/ conf/ tmp/ of identity.folder are the engine's; journal/, state.json and run/agent.json the core's. */
export type EngineHost = {
  identity: GuestIdentity;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Tells the control plane at once that something happened; kept until it is written down. */
  event(event: EngineEvent): void;
  /** While `work` runs, a missing main process is not a crash: for stop, rewind or restore inside a command. The core wraps lifecycle commands itself: not from within those. */
  expectDown<T>(work: () => Promise<T>): Promise<T>;
  /** The monitor's lasting connection ended though nobody here closed it: its server may have died. */
  connectionLost(): void;
  /** Size of the guest as the last initialise or resize said; null before. */
  size(): GuestSize | null;
  /** How fast the database may be read for copies. */
  pace: Pick<Pace, 'get' | 'take'>;
  /** Changes that, for this life and the next ones. */
  setPace(bytesPerSecond: number | null): Promise<void>;
  /** Whether other data was put in place on purpose: that its log is another alarms nobody then. Kept over the agent's death. */
  setExchanged(exchanged: boolean): Promise<void>;
  /** A line in the agent's own log; never a secret. */
  log(sentence: string): void;
};

export type GuestSize = CommandInput<'lifecycle.resize'>['size'];
type Event = Extract<ReportBody, { type: 'event' }>;
export type EngineEvent = Pick<Event, 'code' | 'tone' | 'sentence'> & { detail?: string; atMs?: number };

/** What one look shows. `metrics` by the datastore's metric keys; null when it could not be asked. */
export type EngineLook = Pick<
  GuestFacts,
  'acceptsLogins' | 'acceptsWrites' | 'restartRequired' | 'role' | 'version' | 'startedAtMs' | 'replication' | 'lastError'
> & {
  /** With `not-answering`: what keeps it, and what to do, as a sentence. */
  busyWith?: string | null;
  /** `none` before initialise; `not-answering` when the process lives but gives no answer in time (stopped by a signal, too). */
  processState: 'none' | 'starting' | 'running' | 'not-answering' | 'stopped';
  metrics: Readonly<Record<string, number>> | null;
};

/** One log as people know it, made of files that rotate. The core reads, searches, pages and follows it. */
export type LogSource = {
  /** Stable, for URLs: "postgresql". */
  name: string;
  title: string;
  /** Absolute paths, oldest first; the last is being written. Asked at each poll: a readdir at most. Empty when there is none yet. */
  files(): readonly string[];
  /** One line without its end, at most 64 KiB (then cut: a JSON line may be broken). Never throws; unknown lines become `info` with their text. */
  parse(line: string): ParsedLine;
  /** The same line without the passwords that people typed, for who takes the file; absent where the engine writes none. */
  hide?(line: string): string;
  /** The parameter whose value keeps it from being written now; absent where it always is. */
  offBy?(): Promise<string | null>;
};
export type ParsedLine = { atMs: number | null; level: LogLevel; text: string };

/** For commands the core gives itself (restart after a crash). */
export function quietContext(signal: AbortSignal): CommandContext {
  return { progress: () => {}, signal };
}
