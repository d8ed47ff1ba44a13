import * as z from 'zod';
import { Fault } from '../errors.ts';
import { Id } from '../names.ts';
import { LogLine } from '../resources/log.ts';
import { Sample } from '../resources/sample.ts';
import { ArchiveFacts, GuestFacts } from '../status.ts';

/** One contiguous run of stored pieces, by the guest's clock. Everything committed before `toMs` is stored. */
export const ArchiveSpanReport = z.object({
  id: Id,
  keyId: Id,
  storageTargetId: Id.nullable(),
  fromMs: z.number(),
  toMs: z.number(),
  endedAtMs: z.number().nullable(),
  endReason: z.string().nullable(),
  storedBytes: z.number(),
  /** Where the first piece begins, as it sorts; null where an older agent did not write it down. */
  storedFrom: z.string().nullable().default(null),
  /** The end of the newest piece stored, as it sorts; null where an older agent did not write it down. */
  storedTo: z.string().nullable().default(null),
});
export type ArchiveSpanReport = z.infer<typeof ArchiveSpanReport>;

export const ReportBody = z.discriminatedUnion('type', [
  /** The beat: facts and a sample, sent whatever happened. `sample` is null when a change is reported between beats. */
  z.object({ type: z.literal('heartbeat'), facts: GuestFacts, sample: Sample.nullable() }),
  z.object({
    type: z.literal('event'),
    /** The same when a later life of the agent tells it again; older agents gave none. */
    eventId: z.uuid().optional(),
    code: z.string(),
    tone: z.enum(['info', 'good', 'attention', 'broken']),
    sentence: z.string(),
    atMs: z.number(),
    detail: z.string().nullable(),
  }),
  z.object({
    type: z.literal('command-progress'),
    commandId: z.string(),
    done: z.number(),
    total: z.number().nullable(),
    unit: z.enum(['bytes', 'segments', 'items', 'percent']),
    ratePerSecond: z.number().nullable(),
    detail: z.string().nullable(),
  }),
  z.object({
    type: z.literal('command-ended'),
    commandId: z.string(),
    outcome: z.discriminatedUnion('ok', [
      z.object({ ok: z.literal(true), output: z.unknown() }),
      z.object({ ok: z.literal(false), fault: Fault }),
    ]),
  }),
  z.object({
    type: z.literal('log-lines'),
    followId: z.string(),
    name: z.string(),
    lines: z.array(LogLine),
    droppedLines: z.number().int(),
  }),
  /** All there is to say of the archive, every few seconds: the newest one counts, and saying it twice changes nothing. */
  ArchiveFacts.extend({
    type: z.literal('archive'),
    keptBytes: z.number(),
    keptLimitBytes: z.number(),
    spans: z.array(ArchiveSpanReport),
  }),
]);
export type ReportBody = z.infer<typeof ReportBody>;

/** What a guest tells the conductor. Ordered within one boot by `sequence`; a later boot is newer by `bootedAtMs`. */
export const Report = z.object({
  protocol: z.number().int(),
  instanceId: z.string(),
  bootId: z.string(),
  bootedAtMs: z.number(),
  sequence: z.number().int(),
  sentAtMs: z.number(),
  body: ReportBody,
});
export type Report = z.infer<typeof Report>;

/** Kept by the agent and sent again until the conductor says it is written down. */
export function mustArrive(report: Pick<Report, 'body'>): boolean {
  return report.body.type === 'event' || report.body.type === 'command-ended';
}
