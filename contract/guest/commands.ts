import * as z from 'zod';
import { BackupBytesPerSecond } from '../backup-pace.ts';
import { Grant } from '../grants.ts';
import { Cidr, DatabaseName, ExtensionName, Id, SealablePassword, UserName } from '../names.ts';
import { Database, User } from '../resources/account.ts';
import { ProofFindings } from '../resources/backup-proof.ts';
import { ParameterValue } from '../resources/configuration-group.ts';
import { Connection } from '../resources/connection.ts';
import { Extension } from '../resources/extension.ts';
import { LogFile, LogLevel, LogPage } from '../resources/log.ts';
import { GuestFacts } from '../status.ts';
import { BackupCounts, BackupManifest } from './backup-manifest.ts';
import { StorageAddress } from './storage-address.ts';
import { BackupKey, StoredArchive, StoredBackup } from './stored-backup.ts';
import { UpgradeFindings } from './upgrade-findings.ts';

const nothing = z.object({});
const connection = z.object({ id: z.string().max(100) });
const size = z.object({ memoryBytes: z.number().int(), cpus: z.number(), volumeBytes: z.number().int() });

/** How a replica reaches its source. The password is a reference at rest, plain only on the bus. */
export const SourceAddress = z.object({
  host: z.string(),
  port: z.number().int(),
  user: z.string(),
  password: SealablePassword,
  slot: z.string(),
  caPem: z.string(),
  /** Where the source’s agent gives out a copy of its data; null where its engine does that itself. */
  copyPort: z.number().int().nullable().default(null),
});

const ArchivePlace = z.object({
  storage: StorageAddress,
  storageTargetId: Id.nullable(),
  key: BackupKey,
  abandonedSpanId: Id.nullable().default(null),
});

export const InitialData = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('empty') }),
  StoredBackup.extend({ kind: z.literal('backup') }),
  z.object({ kind: z.literal('replica'), source: SourceAddress }),
  /** A full backup, and the archive of its instance replayed up to the moment. */
  StoredBackup.extend({ kind: z.literal('point-in-time'), archive: StoredArchive, atMs: z.number() }),
]);

/**
 * What the control plane may ask of a guest, by capability group.
 * `query` reads and may run beside anything; `action` changes something: journaled by command id, one at a time, a second is refused by name.
 */
export const guestCommands = {
  lifecycle: {
    probe: { mode: 'query', input: nothing, output: GuestFacts },
    /** Makes the data folder (or fetches a copy) and its configuration; looks first, so asking again finishes what is missing. */
    initialise: {
      mode: 'action',
      input: z.object({
        size,
        tls: z.object({
          certificatePem: z.string(),
          key: z.object({ password: z.union([z.string(), z.object({ secretId: Id })]) }),
          caPem: z.string(),
        }),
        allowedCidrs: z.array(Cidr),
        parameters: z.record(z.string(), ParameterValue),
        data: InitialData,
      }),
      output: nothing,
    },
    start: { mode: 'action', input: nothing, output: nothing },
    stop: { mode: 'action', input: nothing, output: nothing },
    restart: { mode: 'action', input: nothing, output: nothing },
    /** New limits and engine settings; answers whether the engine must restart to use them. */
    resize: { mode: 'action', input: z.object({ size }), output: z.object({ restartRequired: z.boolean() }) },
  },
  configuration: {
    /** Replaces the tenant's parameters; refuses unknown names and values the engine does not take, before anything changes. */
    apply: {
      mode: 'action',
      input: z.object({ parameters: z.record(z.string(), ParameterValue) }),
      output: z.object({ restartRequired: z.boolean() }),
    },
  },
  accounts: {
    listDatabases: { mode: 'query', input: nothing, output: z.object({ databases: z.array(Database) }) },
    createDatabase: { mode: 'action', input: z.object({ name: DatabaseName }), output: nothing },
    dropDatabase: { mode: 'action', input: z.object({ name: DatabaseName }), output: nothing },
    listUsers: { mode: 'query', input: nothing, output: z.object({ users: z.array(User) }) },
    createUser: {
      mode: 'action',
      input: z.object({ name: UserName, password: SealablePassword, grants: z.array(Grant) }),
      output: nothing,
    },
    dropUser: { mode: 'action', input: z.object({ name: UserName }), output: nothing },
    setPassword: { mode: 'action', input: z.object({ name: UserName, password: SealablePassword }), output: nothing },
    setGrants: { mode: 'action', input: z.object({ name: UserName, grants: z.array(Grant) }), output: nothing },
    enableRoot: { mode: 'action', input: z.object({ password: SealablePassword }), output: nothing },
    disableRoot: { mode: 'action', input: nothing, output: nothing },
  },
  ownership: {
    /** Whose a database is: a user, who then has full rights in it; null for nobody in particular. */
    setOwner: { mode: 'action', input: z.object({ database: DatabaseName, owner: UserName.nullable() }), output: nothing },
  },
  extensions: {
    list: { mode: 'query', input: z.object({ database: DatabaseName }), output: z.object({ extensions: z.array(Extension) }) },
    create: { mode: 'action', input: z.object({ database: DatabaseName, name: ExtensionName }), output: nothing },
    /** Refuses with what depends on it, unless `cascade` lets that go, too. */
    drop: { mode: 'action', input: z.object({ database: DatabaseName, name: ExtensionName, cascade: z.boolean() }), output: nothing },
  },
  connections: {
    /** Clients' connections, those that wait or work first; at most a thousand of `total`. */
    list: { mode: 'query', input: nothing, output: z.object({ connections: z.array(Connection), total: z.number().int() }) },
    // Not `action`s: somebody must be able to end what holds up a backup while it runs. An id names one connection for good, so that
    // asking twice does no harm. Both answer whose it was once it is seen to be so, and throw `not-found` when it has gone already.
    cancel: { mode: 'query', input: connection, output: Connection.pick({ user: true, database: true }) },
    end: { mode: 'query', input: connection, output: Connection.pick({ user: true, database: true }) },
  },
  logs: {
    list: { mode: 'query', input: nothing, output: z.object({ logs: z.array(LogFile) }) },
    /** A page of at most `limit` lines around, before or after a position; newest page when neither is given. */
    read: {
      mode: 'query',
      input: z.object({
        name: z.string(),
        before: z.string().optional(),
        after: z.string().optional(),
        text: z.string().max(200).optional(),
        levels: z.array(LogLevel).optional(),
        fromMs: z.number().optional(),
        toMs: z.number().optional(),
        limit: z.number().int().min(1).max(1000),
      }),
      output: LogPage,
    },
    /**
     * For a download: at most 512 KiB, base64, passwords that people typed hidden; `next` null at the end. From `position`, which the answer
     * before gave and which holds when the oldest file goes meanwhile; an agent that knows none reads from `offset`, counted from the beginning.
     */
    readBytes: {
      mode: 'query',
      input: z.object({ name: z.string(), offset: z.number().int().min(0), position: z.string().optional() }),
      output: z.object({ base64: z.string(), next: z.number().nullable(), position: z.string().optional() }),
    },
    /** Lines written from now on arrive as `log-lines` reports until unfollowed or 60 s pass without a renewal by the same id. */
    follow: { mode: 'query', input: z.object({ followId: z.string(), name: z.string(), after: z.string().optional() }), output: nothing },
    unfollow: { mode: 'query', input: z.object({ followId: z.string() }), output: nothing },
  },
  backup: {
    /** Stores a copy, sealed with the key: all of it with a manifest, or nothing. Made already, it answers what was made. */
    create: {
      mode: 'action',
      input: z.object({
        backupId: Id,
        storage: StorageAddress,
        key: BackupKey,
        /** The backup this one adds to, with `unsigned` as in StoredBackup; null makes a full one. */
        parent: StoredBackup.pick({ backupId: true, unsigned: true, signatures: true }).nullable(),
      }),
      output: z.object({ manifest: BackupManifest }),
    },
    /**
     * How fast the database may be read for copies, those that run included; null is as fast as it goes. Kept over a life of the agent.
     * Not an `action`: it must be possible while a backup runs.
     */
    limit: { mode: 'query', input: z.object({ bytesPerSecond: BackupBytesPerSecond.nullable() }), output: nothing },
    /** On a guest that was filled from a backup: the engine's own checks, and what is in it beside what was. Throws `backup-damaged` with the first fault. */
    check: {
      mode: 'action',
      input: z.object({ backupId: Id, counts: BackupCounts.nullable() }),
      output: ProofFindings,
    },
    /** Unpacks a backup beside the data while the database goes on; what runs is not touched. `purpose` names what it is for: the same again finds it there. */
    fetch: { mode: 'action', input: StoredBackup.extend({ purpose: z.string().max(100) }), output: nothing },
    /** Puts the data aside and what was fetched for this purpose in its place. The database must be stopped. */
    exchange: { mode: 'action', input: z.object({ purpose: z.string().max(100) }), output: nothing },
    /** Ends it: keeps the new data and removes what was put aside, or with `keep: old` brings that back (stopped again first). Neither there is fine. */
    settle: { mode: 'action', input: z.object({ purpose: z.string().max(100), keep: z.enum(['new', 'old']) }), output: nothing },
  },
  upgrade: {
    /** What stands in the way of a newer version whose programs lie there, as far as this can be known before. */
    examine: { mode: 'query', input: z.object({ binFolder: z.string() }), output: UpgradeFindings },
    /**
     * Makes the data of the newer version beside the present, of all that is in that; tenants are away from then on. The database is
     * stopped when it ends. `purpose` as for a backup's `fetch`, and `exchange` and `settle` of that group put it in place.
     */
    build: {
      mode: 'action',
      input: z.object({ purpose: z.string().max(100), version: z.string(), binFolder: z.string() }),
      output: nothing,
    },
  },
  archive: {
    /**
     * Where pieces of what happens are stored from now on; null ends the archive for good. Nothing of it is kept across a life of the
     * agent, so that each one is told anew. Not an `action`: it runs beside everything, and asking twice changes nothing. The abandoned
     * span lost pieces in the storage: it does not grow on, another begins. `endReason` is a sentence about null; left out, somebody turned
     * it off.
     */
    configure: {
      mode: 'query',
      input: z.object({ archive: ArchivePlace.nullable(), endReason: z.string().max(200).optional() }),
      output: nothing,
    },
  },
  replication: {
    /** On the source: the copying account and the replica's slot exist after this. */
    admitReplica: {
      mode: 'action',
      input: z.object({ user: z.string(), password: SealablePassword, slot: z.string(), cidr: Cidr }),
      output: SourceAddress.pick({ copyPort: true }),
    },
    /** On the source: the slot is gone after this. */
    dismissReplica: { mode: 'action', input: z.object({ slot: z.string() }), output: nothing },
    /** Stops tenant writes for good until `unfence`; answers the last position written. */
    fence: { mode: 'action', input: nothing, output: z.object({ position: z.string() }) },
    unfence: { mode: 'action', input: nothing, output: nothing },
    position: { mode: 'query', input: nothing, output: z.object({ position: z.string(), inRecovery: z.boolean() }) },
    /** On a replica: ends recovery and opens for writing. */
    promote: { mode: 'action', input: z.object({ reach: z.string().nullable() }), output: z.object({ position: z.string() }) },
    /** Starts copying another source, rewinding or copying afresh where histories differ. */
    follow: { mode: 'action', input: z.object({ source: SourceAddress }), output: nothing },
  },
} as const;

export type CommandGroup = keyof typeof guestCommands;
export type CommandName = { [G in CommandGroup]: `${G}.${keyof (typeof guestCommands)[G] & string}` }[CommandGroup];
type Entry<N extends CommandName> = N extends `${infer G extends CommandGroup}.${infer C}`
  ? (typeof guestCommands)[G][C & keyof (typeof guestCommands)[G]]
  : never;
export type CommandInput<N extends CommandName> = Entry<N> extends { input: infer S extends z.ZodType } ? z.infer<S> : never;
export type CommandOutput<N extends CommandName> = Entry<N> extends { output: infer S extends z.ZodType } ? z.infer<S> : never;

type In<T> = T extends { input: infer S extends z.ZodType } ? z.infer<S> : never;
type Out<T> = T extends { output: infer S extends z.ZodType } ? z.infer<S> : never;

/** How a running command tells how far it is; throws when the command was cancelled or its deadline passed. */
export type CommandContext = {
  progress(step: { done: number; total: number | null; unit: 'bytes' | 'segments' | 'items' | 'percent'; detail?: string }): void;
  signal: AbortSignal;
};

/** The functions a guest must have to answer one group of commands. */
export type Answers<G extends CommandGroup> = {
  [C in keyof (typeof guestCommands)[G]]: (
    input: In<(typeof guestCommands)[G][C]>,
    context: CommandContext,
  ) => Promise<Out<(typeof guestCommands)[G][C]>>;
};

export type CommandDefinition = { mode: 'query' | 'action'; input: z.ZodType; output: z.ZodType };

export function findCommand(name: string): CommandDefinition | null {
  const [group, command] = name.split('.');
  const groups = guestCommands as unknown as Record<string, Record<string, CommandDefinition>>;
  if (group === undefined || command === undefined || !Object.hasOwn(groups, group)) return null;
  const entries = groups[group];
  return entries && Object.hasOwn(entries, command) ? (entries[command] ?? null) : null;
}

/**
 * A command as it travels. `epoch` fences: an agent refuses lower ones than it has seen. `deadlineMs` is epoch milliseconds on the control plane's clock.
 * Delivering the same id again is always safe: it joins the running one, answers from the journal, or takes up what an agent's death interrupted.
 */
export const CommandDelivery = z.object({
  commandId: z.string(),
  name: z.string(),
  epoch: z.number().int(),
  deadlineMs: z.number(),
  input: z.unknown(),
});
export type CommandDelivery = z.infer<typeof CommandDelivery>;

/** The agent's immediate answer to a delivery. An outcome known from the journal comes back at once. */
export const CommandReceipt = z.discriminatedUnion('state', [
  z.object({ state: z.literal('accepted') }),
  z.object({
    state: z.literal('refused'),
    code: z.enum(['busy', 'stale-epoch', 'invalid-input', 'not-implemented']),
    sentence: z.string(),
    running: z.string().nullable(),
  }),
  z.object({ state: z.literal('ended') }),
]);
export type CommandReceipt = z.infer<typeof CommandReceipt>;
