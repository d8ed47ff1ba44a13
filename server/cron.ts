import { createHash } from 'node:crypto';
import { Cron } from 'croner';
import cronstrue from 'cronstrue';
import { GuestboardError } from '#contract/errors.ts';

export type Timing = { cron: string; timeZone: string; jitterSeconds: number };
/** `plannedFor` is the time the cron names, `nextRunAt` the same with the instance's share of the jitter. */
export type PlannedRun = { plannedFor: Date; nextRunAt: Date };

/**
 * The next runs strictly after a moment. An hour that a clock change leaves out runs right after it, one that comes twice runs once.
 * Throws `invalid-input` about a cron that means nothing, or nothing that ever comes.
 */
export function listRuns({ cron, timeZone }: Timing, afterMs: number, count: number): Date[] {
  try {
    const runs = new Cron(cron, { timezone: timeZone, mode: '5-part', paused: true }).nextRuns(count, new Date(afterMs));
    if (runs.length > 0) return runs;
  } catch (error) {
    const words = error instanceof Error ? error.message.replace(/^\w+: /, '') : String(error);
    throw new GuestboardError('invalid-input', `This is no cron: ${words}`, { field: 'cron' });
  }
  throw new GuestboardError('invalid-input', 'This time never comes.', { field: 'cron' });
}

/** Why there is no run at all, as a sentence; null where there is one. */
export function explainNoRun(timing: Timing, nowMs: number): string | null {
  try {
    listRuns(timing, nowMs, 1);
    return null;
  } catch (error) {
    if (error instanceof GuestboardError) return error.message;
    throw error;
  }
}

/** The first run whose time, jitter included, is after a moment, and which comes after `plannedFor` when one is given. */
export function planRun(timing: Timing, instanceId: string, nowMs: number, plannedFor: Date | null = null): PlannedRun {
  const shareMs = jitterMs(instanceId, timing.jitterSeconds);
  const [next] = listRuns(timing, plannedFor === null ? nowMs : Math.max(plannedFor.getTime(), nowMs - shareMs), 1);
  if (next === undefined) throw new Error('A cron without a next run.');
  return { plannedFor: next, nextRunAt: new Date(next.getTime() + shareMs) };
}

/** How many times the cron named between two moments, the first left out; stops counting at 1000. */
export function countRuns(timing: Timing, afterMs: number, untilMs: number): number {
  return listRuns(timing, afterMs, 1000).filter((run) => run.getTime() <= untilMs).length;
}

/** The same share for an instance however often it is asked, spread evenly over instances. */
export function jitterMs(instanceId: string, jitterSeconds: number): number {
  const share = createHash('sha256').update(instanceId).digest().readUInt32BE(0) / 2 ** 32;
  return Math.floor(share * jitterSeconds * 1000);
}

/** "At 03:00, every day, Europe/Berlin" */
export function describeCron({ cron, timeZone }: Timing): string {
  const words = cronstrue.toString(cron, { use24HourTimeFormat: true, throwExceptionOnParseError: true });
  return `${/^At \d\d:\d\d$/.test(words) ? `${words}, every day` : words}, ${timeZone}`;
}

/** `daily-2026-11-25-0300`, by the clock of the schedule's zone; where that is `taken`, `daily-2026-11-25-0300-2`. */
export function nameBackup({ cron, timeZone }: Timing, at: Date, taken: readonly string[] = []): string {
  const { day, clock } = toLocal(timeZone, at);
  const name = `${toStem(cron)}-${day}-${clock.replace(':', '')}`;
  if (!taken.includes(name)) return name;
  let count = 2;
  while (taken.includes(`${name}-${count}`)) count += 1;
  return `${name}-${count}`;
}

/** "03:00" by the clock of the zone. */
export function formatClock(timeZone: string, at: Date): string {
  return toLocal(timeZone, at).clock;
}

function toStem(cron: string): string {
  const [minute = '', hour = '', day, month, weekday = ''] = cron.split(/ +/);
  const isNumber = (field: string) => /^\d+$/.test(field);
  if (!isNumber(minute) || month !== '*') return 'scheduled';
  if (hour === '*' && day === '*' && weekday === '*') return 'hourly';
  if (!isNumber(hour)) return 'scheduled';
  if (day === '*') return weekday === '*' ? 'daily' : /^[\dA-Za-z]+$/.test(weekday) ? 'weekly' : 'scheduled';
  return isNumber(day ?? '') && weekday === '*' ? 'monthly' : 'scheduled';
}

function toLocal(timeZone: string, at: Date): { day: string; clock: string } {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const [day = '', clock = ''] = format.format(at).split(' ');
  return { day, clock };
}
