import { expect, test } from 'vitest';
import type { BackupSchedule } from '#contract/resources/backup-schedule.ts';
import { emptyDraft, readDraft, refuseCount, toCron, toSettings } from './schedule-draft.ts';

const read = (cron: string) =>
  readDraft({ cron, timeZone: 'UTC', jitterSeconds: 0, fullEvery: 1, keepCount: 7, keepDays: null } as BackupSchedule);

test.each([
  ['15 * * * *', 'hourly'],
  ['5 3 * * *', 'daily'],
  ['30 23 * * 6', 'weekly'],
  ['*/10 8-18 * * 1-5', 'own'],
  ['0 3 1 * *', 'own'],
])('%s is shown as %s and comes back as it was', (cron, preset) => {
  expect([read(cron).preset, toCron(read(cron))]).toEqual([preset, cron]);
});

test('an empty field keeps any, and what is no count is not sent', () => {
  const draft = emptyDraft('Europe/Berlin');
  expect(toSettings(draft)).toMatchObject({ cron: '0 3 * * *', timeZone: 'Europe/Berlin', keepCount: 7, keepDays: null });
  expect(toSettings({ ...draft, keepCount: '' })?.keepCount).toBeNull();
  for (const wrong of ['0', '1.5', 'many']) {
    expect(toSettings({ ...draft, keepDays: wrong })).toBeNull();
    expect(refuseCount({ ...draft, keepDays: wrong }, 'keepDays')).toBe('Type a whole number from 1 to 3,650.');
  }
  expect(refuseCount(draft, 'keepDays')).toBeNull();
  expect(toSettings({ ...draft, increments: '' })).toBeNull();
  expect(refuseCount({ ...draft, increments: '' }, 'increments')).toMatch(/0 for none/);
  expect(toSettings(draft)?.fullEvery).toBe(1);
  expect(toSettings({ ...draft, increments: '6' })?.fullEvery).toBe(7);
});
