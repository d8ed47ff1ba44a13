import { expect, test } from 'vitest';
import { type ArchiveRecord, type ArchiveSpan, planRestorePoint, refusePoint, toRestoreWindow } from './restore-window.ts';

const minute = 60_000;
const now = Date.parse('2026-11-25T12:00:00Z');
const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const span = (rest: Partial<ArchiveSpan>): ArchiveSpan => ({
  id: id(1),
  fromMs: now - 60 * minute,
  toMs: now - 2000,
  endedAtMs: null,
  endReason: null,
  storedBytes: 6000,
  deletedBytes: 0,
  losses: [],
  marks: [{ atMs: now - 30 * minute, storedBytes: 3000 }],
  ...rest,
});
const backup = (number: number, startedAtMs: number, rest: Partial<ArchiveRecord['backups'][number]> = {}) => ({
  id: id(number),
  parentId: null,
  name: `backup-${number}`,
  kind: 'full' as const,
  startedAtMs,
  endedAtMs: startedAtMs + minute,
  sizeBytes: 100,
  sourceBytes: 1000,
  ...rest,
});
const on = { wanted: true, state: 'on' as const, error: null, keptBytes: 10, keptLimitBytes: 1000 };
const look = (rest: Partial<ArchiveRecord>) =>
  toRestoreWindow({ instanceId: id(9), isSupported: true, grainMs: 1, archive: on, spans: [], backups: [], ...rest }, now);

test('a window begins where the first full backup inside a span ends, and grows with it', () => {
  const before = backup(2, now - 61 * minute);
  const first = backup(3, now - 50 * minute);
  const window = look({ spans: [span({})], backups: [before, first, backup(4, now - 10 * minute)] });
  expect(window.windows).toMatchObject([{ fromMs: first.endedAtMs, toMs: now - 2000, isOpen: true }]);
  expect(window).toMatchObject({ archiving: 'on', wanted: 'on', lagMs: 2000, archivedToMs: now - 2000, error: null, gaps: [] });
  expect(window.backups.map(({ isBase }) => isBase)).toEqual([false, true, true]);
});

test('where moments are a second apart, one between two counts as the earlier, and a base that ended between them is none for it', () => {
  const base = backup(2, now - 50 * minute - 300);
  const window = look({ grainMs: 1000, spans: [span({ toMs: now - 1500 })], backups: [base] });
  expect(window.windows).toMatchObject([{ fromMs: now - 49 * minute, toMs: now - 2000 }]);
  expect(refusePoint(window, now - 49 * minute - 100)?.reason).toMatch(/before the first/);
  expect(planRestorePoint(window, now - 49 * minute)).toMatchObject({ backupId: base.id });
  expect(refusePoint(window, now - 1001)).toBeNull();
  expect(refusePoint(window, now - 1000)?.reason).toMatch(/after the last/);
});

test('an incremental backup is a base as long as all that it adds to is there', () => {
  const full = backup(2, now - 70 * minute);
  const added = backup(3, now - 50 * minute, { kind: 'incremental', parentId: full.id, sizeBytes: 10, sourceBytes: 50 });
  const window = look({ spans: [span({})], backups: [full, added] });
  expect(window.windows).toMatchObject([{ fromMs: added.endedAtMs }]);
  expect(planRestorePoint(window, now - 40 * minute)).toMatchObject({ backupId: added.id, baseBytes: 110 });
  expect(look({ spans: [span({})], backups: [added] }).windows).toEqual([]);
});

test('what lies between two windows is a gap with its reason, and so is what follows an ended one', () => {
  const spans = [
    span({ endedAtMs: now - 40 * minute, toMs: now - 40 * minute, endReason: 'The storage was away.' }),
    span({ id: id(5), fromMs: now - 30 * minute }),
  ];
  const old = backup(2, now - 55 * minute);
  const alone = look({ spans, backups: [old] });
  expect(alone.gaps).toEqual([{ fromMs: now - 40 * minute, toMs: null, reason: 'The storage was away.' }]);
  expect(alone.error?.next).toMatch(/Create a full backup/);
  const fresh = backup(3, now - 25 * minute);
  const whole = look({ spans, backups: [old, fresh] });
  expect(whole.gaps).toEqual([{ fromMs: now - 40 * minute, toMs: fresh.endedAtMs, reason: 'The storage was away.' }]);
  expect(refusePoint(whole, now - 35 * minute)?.reason).toMatch(/gap .*The storage was away\./);
  expect(refusePoint(whole, now - 45 * minute)).toBeNull();
  expect(refusePoint(whole, now - 20 * minute)).toBeNull();
});

test('moments outside are refused by the rule they break, and the ends of a window are inside', () => {
  const window = look({ spans: [span({})], backups: [backup(2, now - 50 * minute)] });
  expect(refusePoint(window, now - 49 * minute - 1)).toMatchObject({
    field: 'from.atMs',
    reason: expect.stringMatching(/before the first/),
  });
  expect(refusePoint(window, now - 49 * minute)).toBeNull();
  expect(refusePoint(window, now - 2000)).toBeNull();
  expect(refusePoint(window, now - 1999)).toMatchObject({ reason: expect.stringMatching(/after the last/) });
  expect(refusePoint(look({ isSupported: false }), now)).toMatchObject({ field: 'from.instanceId' });
});

test('an archive that is late, silent or broken says so', () => {
  const spans = [span({ toMs: now - 5 * minute })];
  expect(look({ spans })).toMatchObject({ archiving: 'behind', error: { sentence: expect.stringMatching(/Nothing new/) } });
  expect(look({ archive: { ...on, state: null } })).toMatchObject({
    archiving: 'behind',
    error: { sentence: expect.stringMatching(/not begun/) },
  });
  const error = { sentence: 'The storage refuses.', next: 'Renew its credentials.' };
  expect(look({ spans, archive: { ...on, state: 'broken', error } })).toMatchObject({ archiving: 'broken', error });
  expect(look({ archive: { ...on, wanted: false }, spans })).toMatchObject({ archiving: 'off', wanted: 'off', error: null, lagMs: null });
  expect(look({ archive: null })).toMatchObject({ archiving: 'off', wanted: 'with-first-backup' });
});

test('nobody is told to make a full backup while the archive reaches the end of the one just made, or has just begun', () => {
  const spans = [span({})];
  const endedAgo = (ms: number) => look({ spans, backups: [backup(2, now - minute - ms, { endedAtMs: now - ms })] }).error;
  expect(endedAgo(1000)).toBeNull();
  expect(look({ spans, backups: [backup(2, now - 61 * minute)] }).error?.next).toMatch(/full backup/);
  expect(look({ spans: [span({ fromMs: now - 5000 })] }).error).toBeNull();
  expect(look({ spans: [span({ fromMs: now - 11_000 })] }).error?.next).toMatch(/full backup/);
});

test('a plan takes the newest base before the moment and what was archived since', () => {
  const window = look({ spans: [span({})], backups: [backup(2, now - 50 * minute), backup(3, now - 31 * minute)] });
  expect(planRestorePoint(window, now - 40 * minute)).toMatchObject({ backupId: id(2), baseBytes: 100, archiveBytes: 900 });
  const later = planRestorePoint(window, now - 15 * minute);
  expect(later).toMatchObject({ backupId: id(3) });
  expect(later?.archiveBytes).toBeGreaterThan(1400);
  expect(later?.archiveBytes).toBeLessThan(1600);
  expect(planRestorePoint(window, now - 55 * minute)).toBeNull();
});

test('what was seen to be lost is no window: before it all is as it was, after it from the next backup on', () => {
  const lost = { fromMs: now - 40 * minute, toMs: now - 30 * minute };
  const backups = [backup(2, now - 50 * minute), backup(3, now - 31 * minute), backup(4, now - 20 * minute)];
  const window = look({ spans: [span({ losses: [lost] })], backups });
  expect(window.windows).toMatchObject([
    { fromMs: now - 49 * minute, toMs: lost.fromMs, isOpen: false },
    { fromMs: now - 19 * minute, toMs: now - 2000, isOpen: true },
  ]);
  expect(window.gaps).toMatchObject([
    { fromMs: lost.fromMs, toMs: now - 19 * minute, reason: expect.stringMatching(/no longer in the storage/) },
  ]);
  expect(window.backups.map(({ isBase }) => isBase)).toEqual([true, false, true]);
  expect(refusePoint(window, now - 35 * minute)?.reason).toMatch(/gap .* no longer in the storage/);
  expect(planRestorePoint(window, now - 41 * minute)).toMatchObject({ backupId: id(2), archiveBytes: 800 });
});

test('where the newest is lost, the window ends with it, says why, and asks for a full backup', () => {
  const lost = { fromMs: now - 40 * minute, toMs: null };
  const window = look({ spans: [span({ losses: [lost] })], backups: [backup(2, now - 50 * minute), backup(3, now - 20 * minute)] });
  expect(window.windows).toMatchObject([{ fromMs: now - 49 * minute, toMs: lost.fromMs, isOpen: false }]);
  expect(window.error?.next).toMatch(/full backup/);
  expect(refusePoint(window, now - minute)?.reason).toMatch(/after the last moment .* no longer in the storage/);
});
