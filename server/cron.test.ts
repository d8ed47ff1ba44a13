import { expect, test } from 'vitest';
import { Name } from '#contract/names.ts';
import { countRuns, describeCron, formatClock, jitterMs, listRuns, nameBackup, planRun } from './cron.ts';

const at = (iso: string) => Date.parse(iso);
const nightly = { cron: '30 2 * * *', timeZone: 'Europe/Berlin', jitterSeconds: 0 };
const runs = (timing: typeof nightly, from: string, count: number) => listRuns(timing, at(from), count).map((run) => run.toISOString());

test('a time keeps to the clock of its zone in summer and winter', () => {
  expect(runs(nightly, '2026-10-24T00:00:00Z', 3)).toEqual([
    '2026-10-24T00:30:00.000Z',
    // 02:30 comes twice this night: once is enough.
    '2026-10-25T00:30:00.000Z',
    '2026-10-26T01:30:00.000Z',
  ]);
});

test('a time that a clock change leaves out runs right after the gap', () => {
  expect(runs(nightly, '2027-03-27T12:00:00Z', 2)).toEqual(['2027-03-28T01:00:00.000Z', '2027-03-29T00:30:00.000Z']);
});

test('an hourly one runs every real hour of a long night', () => {
  const hourly = { ...nightly, cron: '0 * * * *' };
  expect(runs(hourly, '2026-10-24T23:30:00Z', 3)).toEqual([
    '2026-10-25T00:00:00.000Z',
    '2026-10-25T01:00:00.000Z',
    '2026-10-25T02:00:00.000Z',
  ]);
});

test.each(['61 * * * *', 'x * * * *', '* * * * * *', '0 0 31 2 *'])('%s is refused as input', (cron) => {
  expect(() => listRuns({ ...nightly, cron }, 0, 1)).toThrow(expect.objectContaining({ code: 'invalid-input', field: 'cron' }));
});

test('jitter is an instance’s own, always the same, and spread over the whole width', () => {
  const shares = Array.from({ length: 200 }, (_, number) => jitterMs(`instance-${number}`, 600));
  expect(jitterMs('instance-7', 600)).toBe(shares[7]);
  expect(Math.min(...shares)).toBeLessThan(60_000);
  expect(Math.max(...shares)).toBeGreaterThan(540_000);
  expect(jitterMs('instance-7', 0)).toBe(0);
});

test('the next run comes after the last planned one, also when jitter is longer than the interval', () => {
  const timing = { cron: '* * * * *', timeZone: 'UTC', jitterSeconds: 600 };
  const share = jitterMs('instance-3', 600);
  const plannedFor = new Date('2026-11-25T12:00:00Z');
  const next = planRun(timing, 'instance-3', plannedFor.getTime() + share + 100, plannedFor);
  expect(next.plannedFor.toISOString()).toBe('2026-11-25T12:01:00.000Z');
  expect(next.nextRunAt.getTime() - next.plannedFor.getTime()).toBe(share);
});

test('runs between two moments are counted without the first', () => {
  expect(countRuns({ ...nightly, cron: '0 * * * *' }, at('2026-11-25T03:00:00Z'), at('2026-11-25T07:10:00Z'))).toBe(4);
});

test('words and names are those of the zone', () => {
  expect(describeCron({ ...nightly, cron: '0 3 * * *' })).toBe('At 03:00, every day, Europe/Berlin');
  expect(describeCron({ ...nightly, cron: '0 3 * * 0' })).toBe('At 03:00, only on Sunday, Europe/Berlin');
  const names = ['0 3 * * *', '5 * * * *', '0 3 * * 1', '0 3 1 * *', '*/5 * * * *'].map((cron) =>
    nameBackup({ ...nightly, cron }, new Date('2026-11-25T02:00:00Z')),
  );
  expect(names).toEqual(['daily', 'hourly', 'weekly', 'monthly', 'scheduled'].map((stem) => `${stem}-2026-11-25-0300`));
  for (const name of names) expect(Name.parse(name)).toBe(name);
  // By hand twice within a minute, or in the hour that a clock change brings twice.
  const again = nameBackup({ ...nightly, cron: '0 3 * * *' }, new Date('2026-11-25T02:00:00Z'), [...names, `${names[0]}-2`]);
  expect(again).toBe('daily-2026-11-25-0300-3');
  expect(formatClock('Asia/Tokyo', new Date('2026-11-25T18:05:00Z'))).toBe('03:05');
});
