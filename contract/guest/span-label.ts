import * as z from 'zod';
import { Id, Moment } from '../names.ts';

/** Stored before the first piece of a span of an archive: says whose pieces lie beside it, which key opens them, and where in the log they begin. */
export const SpanLabel = {
  fileName: 'span.json',
  schema: z.object({
    format: z.literal('guestboard-archive-1'),
    spanId: Id,
    instanceId: Id,
    projectId: z.string(),
    datastore: z.string(),
    version: z.string(),
    keyId: Id,
    fromMs: Moment,
    from: z.object({ group: z.string(), position: z.string().regex(/^[A-Za-z0-9._]{1,128}$/) }),
  }),
};
export type SpanLabel = z.infer<typeof SpanLabel.schema>;
