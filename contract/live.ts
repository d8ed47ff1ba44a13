import * as z from 'zod';
import type { Problem } from './errors.ts';
import { Id } from './names.ts';
import { Backup } from './resources/backup.ts';
import { BackupSchedule } from './resources/backup-schedule.ts';
import { ConfigurationGroup } from './resources/configuration-group.ts';
import { InstanceEvent } from './resources/event.ts';
import { Instance } from './resources/instance.ts';
import { LogLine } from './resources/log.ts';
import { Operation } from './resources/operation.ts';
import type { Pulse } from './resources/sample.ts';
import { StorageTarget } from './resources/storage-target.ts';

/** A committed change as browsers receive it. `removed` carries only the id. */
export const LiveChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('instance'), value: Instance }),
  z.object({ kind: z.literal('operation'), value: Operation }),
  z.object({ kind: z.literal('backup'), value: Backup }),
  z.object({ kind: z.literal('backup-schedule'), value: BackupSchedule }),
  z.object({ kind: z.literal('configuration-group'), value: ConfigurationGroup }),
  z.object({ kind: z.literal('storage-target'), value: StorageTarget }),
  z.object({ kind: z.literal('event'), value: InstanceEvent }),
  z.object({
    kind: z.literal('removed'),
    resource: z.enum(['instance', 'backup', 'backup-schedule', 'configuration-group', 'storage-target', 'project', 'member']),
    id: z.string(),
  }),
  /** Members, invitations, projects or tokens of a project changed; refetch them. */
  z.object({ kind: z.literal('membership'), projectId: z.string() }),
]);
export type LiveChange = z.infer<typeof LiveChange>;

export const LogFollowInput = z.object({ followId: z.string(), instanceId: Id, name: z.string(), after: z.string().optional() });
export const LogBatch = z.object({ followId: z.string(), lines: z.array(LogLine), droppedLines: z.number().int() });
export type LogBatch = z.infer<typeof LogBatch>;

/** Namespace /live. Rooms are the server's own affair: a socket is put into those of the projects its actor may read. */
export type ServerToBrowser = {
  /**
   * Sent on connection: the server's clock, how long ago it last heard of a commit that a page could show (milliseconds; a page that began
   * to ask after that has missed nothing), and its replica's id for the curious.
   */
  hello: (hello: { serverMs: number; quietMs: number; replicaId: string; version: string }) => void;
  /** In commit order, batched; `number` counts up by one per message on this socket: a gap means refetch. */
  changed: (message: { number: number; changes: LiveChange[] }) => void;
  /** Volatile: at most four batches a second. */
  pulses: (batch: { serverMs: number; pulses: Pulse[] }) => void;
  'log.lines': (batch: LogBatch) => void;
  /** Rights changed: refetch everything; what is no longer yours is gone. */
  'access.changed': () => void;
  /** Sign-out, ban or expiry: the page returns to sign-in. */
  'access.ended': () => void;
};

export type BrowserToServer = {
  /** Starts or renews (every 20 s) a log follow; lines come as log.lines. */
  'log.follow': (input: z.infer<typeof LogFollowInput>, answer: (result: { ok: true } | { ok: false; problem: Problem }) => void) => void;
  'log.unfollow': (input: { followId: string }) => void;
  /** Round trip for "Live · 0.4 s ago". */
  ping: (answer: (serverMs: number) => void) => void;
};

/** What browser events ask of may(), for the authorisation table. */
export const liveActions = { 'log.follow': 'log.read', 'log.unfollow': 'log.read', ping: 'catalogue.read' } as const satisfies Record<
  keyof BrowserToServer,
  string
>;
