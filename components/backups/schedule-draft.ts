import type { BackupSchedule, BackupScheduleSettings } from '#contract/resources/backup-schedule.ts';

export const presets = { hourly: 'Every hour', daily: 'Every day', weekly: 'Every week', own: 'Own cron' } as const;
export type Preset = keyof typeof presets;
export const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** A schedule as the form holds it: numbers as text, so that a field may be empty while it is typed in. */
export type ScheduleDraft = {
  preset: Preset;
  minute: string;
  time: string;
  weekday: string;
  cron: string;
  timeZone: string;
  jitterSeconds: number;
  /** How many add to a full one before the next full one. */
  increments: string;
  keepCount: string;
  keepDays: string;
  proveEvery: string;
  storage: string;
};

export function emptyDraft(timeZone: string): ScheduleDraft {
  const time = { preset: 'daily', minute: '0', time: '03:00', weekday: '0', cron: '0 3 * * *' } as const;
  return { ...time, timeZone, jitterSeconds: 300, increments: '0', keepCount: '7', keepDays: '', proveEvery: '7', storage: 'default' };
}

export function readDraft(schedule: BackupSchedule): ScheduleDraft {
  const { cron, timeZone, jitterSeconds, storage } = schedule;
  const text = (value: number | null) => (value === null ? '' : String(value));
  const kept = { increments: text(schedule.fullEvery - 1), keepCount: text(schedule.keepCount), keepDays: text(schedule.keepDays) };
  const proveEvery = text(schedule.proveEvery);
  return { ...emptyDraft(timeZone), cron, jitterSeconds, storage, ...kept, proveEvery, ...readPreset(cron) };
}

/** Which whole numbers each count may be. */
const bounds = { increments: [0, 99], keepCount: [1, 1000], keepDays: [1, 3650], proveEvery: [1, 100] } as const;
export type Counted = keyof typeof bounds;

/** Why a count is none that a schedule can have; null where it is one. */
export function refuseCount(draft: ScheduleDraft, field: Counted): string | null {
  const count = readCount(draft, field);
  const [least, most] = bounds[field];
  if (count === undefined) return `Type a whole number from ${least} to ${most.toLocaleString('en')}.`;
  return count === null && field === 'increments' ? 'Type a number; 0 for none.' : null;
}

/** Null where a number is not one that a schedule can have. */
export function toSettings(draft: ScheduleDraft): BackupScheduleSettings | null {
  const [increments, keepCount, keepDays] = [readCount(draft, 'increments'), readCount(draft, 'keepCount'), readCount(draft, 'keepDays')];
  const proveEvery = readCount(draft, 'proveEvery');
  if (increments === null || increments === undefined || keepCount === undefined || keepDays === undefined || proveEvery === undefined)
    return null;
  const { timeZone, jitterSeconds, storage } = draft;
  return { cron: toCron(draft), timeZone, jitterSeconds, fullEvery: increments + 1, keepCount, keepDays, proveEvery, storage };
}

/** What a number of increments means, or null where it is none. */
export function describeIncrements(increments: string): string | null {
  const count = toCount(increments, 0, 99);
  if (count === null || count === undefined) return null;
  return count === 0 ? 'Every backup is a full one.' : `A full one, then ${count} that ${count === 1 ? 'adds' : 'add'} to it, in turn.`;
}

export function toCron({ preset, minute, time, weekday, cron }: ScheduleDraft): string {
  const [hours = '0', minutes = '0'] = time.split(':');
  if (preset === 'hourly') return `${Number(minute)} * * * *`;
  if (preset === 'daily') return `${Number(minutes)} ${Number(hours)} * * *`;
  if (preset === 'weekly') return `${Number(minutes)} ${Number(hours)} * * ${weekday}`;
  return cron.trim();
}

function readPreset(cron: string): Partial<ScheduleDraft> {
  const [minute = '', hour = '', day, month, weekday = ''] = cron.split(/ +/);
  const isPlain = /^\d+$/.test(minute) && day === '*' && month === '*';
  if (isPlain && hour === '*' && weekday === '*') return { preset: 'hourly', minute };
  if (!isPlain || !/^\d+$/.test(hour) || !/^(\*|[0-6])$/.test(weekday)) return { preset: 'own' };
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  return weekday === '*' ? { preset: 'daily', time } : { preset: 'weekly', time, weekday };
}

function readCount(draft: ScheduleDraft, field: Counted): number | null | undefined {
  const [least, most] = bounds[field];
  return toCount(draft[field], least, most);
}

/** Null for an empty field, undefined for what is no whole number within the bounds. */
function toCount(text: string, least: number, most: number): number | null | undefined {
  if (text.trim() === '') return null;
  const value = Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}
