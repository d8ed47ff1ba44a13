import { type Logger, pino } from 'pino';

export type Log = Logger;

/** One line of JSON per event on standard output; the launcher writes it to the server's log file. Secrets are never passed to it. */
export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['req.headers.authorization', 'req.headers.cookie', 'password', '*.password'],
  });
}
