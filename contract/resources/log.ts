import * as z from 'zod';

export const LogLevel = z.enum(['debug', 'info', 'warning', 'error', 'fatal']);
export type LogLevel = z.infer<typeof LogLevel>;

/** One line. `position` is an opaque, ordered place in the log ("file:offset") that a link can name; `truncated` when the line was longer than 64 KiB. */
export const LogLine = z.object({
  position: z.string(),
  at: z.string().nullable(),
  level: LogLevel,
  text: z.string(),
  truncated: z.boolean(),
});
export type LogLine = z.infer<typeof LogLine>;

/** `offBy` names the parameter whose value keeps the log from being written now. */
export const LogFile = z.object({
  name: z.string(),
  title: z.string(),
  sizeBytes: z.number(),
  modifiedAt: z.string(),
  offBy: z.string().nullable().default(null),
});
export type LogFile = z.infer<typeof LogFile>;

/**
 * Lines in the order written. `before` pages back in time, `after` onward; null at the ends. Asked with both naming one position,
 * the page is the lines around it, that line included.
 */
export const LogPage = z.object({ lines: z.array(LogLine), before: z.string().nullable(), after: z.string().nullable() });
export type LogPage = z.infer<typeof LogPage>;
