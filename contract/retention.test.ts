import { expect, test } from 'vitest';
import { type Kept, planParent, planRetention } from './retention.ts';

const nowMs = Date.parse('2026-11-25T12:00:00Z');
const v18 = { version: '18', dataSince: null };
const none = { id: 's', keepCount: null, keepDays: null };

/** Newest last, a day apart, the last one of now. */
function days(...changes: Partial<Kept>[]): Kept[] {
  return changes.map((change, place) => {
    const createdAt = new Date(nowMs - (changes.length - 1 - place) * 86_400_000).toISOString();
    const row = { id: `b${place}`, name: `b${place}`, state: 'COMPLETED' as const, version: '18', parentId: null, scheduleId: 's' };
    return { ...row, storageTargetId: null, createdAt, ...change };
  });
}
const names = (verdicts: { name: string }[]) => verdicts.map(({ name }) => name);

test('without a rule nothing goes', () => {
  expect(planRetention(none, days({}, {}, {}), nowMs)).toEqual({ goes: [], held: [] });
});

test('by count the oldest go, with the reason', () => {
  const { goes } = planRetention({ ...none, keepCount: 2 }, days({}, {}, {}, {}), nowMs);
  expect(goes).toEqual([
    { backupId: 'b0', name: 'b0', reason: '2 newer ones are kept.' },
    { backupId: 'b1', name: 'b1', reason: '2 newer ones are kept.' },
  ]);
});

test('by age the old go, but never the newest completed one, however old', () => {
  const old = days({}, {}, { state: 'FAILED' });
  expect(planRetention({ ...none, keepDays: 1 }, old, nowMs + 90 * 86_400_000).goes).toEqual([
    { backupId: 'b0', name: 'b0', reason: 'It is older than one day.' },
  ]);
});

test('a person’s own backups, another schedule’s and unfinished ones neither go nor count', () => {
  const mixed = days({ scheduleId: null }, { scheduleId: 'other' }, { state: 'SAVING' }, {}, { scheduleId: null }, {});
  expect(names(planRetention({ ...none, keepCount: 1 }, mixed, nowMs).goes)).toEqual(['b3']);
});

test('what could not be deleted goes the next time, and keeps what it builds on while it was tried a moment ago', () => {
  const chain = days({}, { parentId: 'b0', state: 'DELETE_FAILED' }, { scheduleId: null, state: 'DELETE_FAILED' }, {});
  expect(planRetention({ ...none, keepCount: 1 }, chain, nowMs).goes).toEqual([
    { backupId: 'b1', name: 'b1', reason: 'It could not be deleted before.' },
    { backupId: 'b0', name: 'b0', reason: '1 newer one is kept.' },
  ]);
  expect(planRetention({ ...none, keepCount: 1 }, chain, nowMs, new Set(['b1']))).toEqual({
    goes: [],
    held: [{ backupId: 'b0', name: 'b0', reason: 'b1 builds on it and stays.' }],
  });
  expect(planRetention(none, chain, nowMs)).toEqual({ goes: [], held: [] });
});

test('a chain goes as a whole, the newest of it first', () => {
  const chain = days({}, { parentId: 'b0' }, { parentId: 'b1' }, {});
  expect(names(planRetention({ ...none, keepCount: 1 }, chain, nowMs).goes)).toEqual(['b2', 'b1', 'b0']);
});

test('what a kept increment builds on stays, down to the full one, and it is said why', () => {
  const chain = days({}, { parentId: 'b0' }, { parentId: 'b1' });
  const { goes, held } = planRetention({ ...none, keepCount: 1 }, chain, nowMs);
  expect(goes).toEqual([]);
  expect(held.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
    'b1: b2 builds on it and stays.',
    'b0: b1 builds on it and stays.',
  ]);
});

test('an increment that failed holds nothing, and keeps nothing', () => {
  const mixed = days({}, { parentId: 'b0', state: 'FAILED' }, { parentId: 'b0', state: 'CANCELLED' }, {});
  expect(names(planRetention({ ...none, keepCount: 1 }, mixed, nowMs).goes)).toEqual(['b0']);
});

test('a person’s increment keeps the scheduled one below it', () => {
  const mixed = days({}, { parentId: 'b0', scheduleId: null }, {});
  expect(planRetention({ ...none, keepCount: 1 }, mixed, nowMs)).toEqual({
    goes: [],
    held: [{ backupId: 'b0', name: 'b0', reason: 'b1 builds on it and stays.' }],
  });
});

test('increments follow a full one until there are so many together', () => {
  const every = { id: 's', fullEvery: 3, storage: 'default' };
  expect(planParent(every, [], v18)).toBeNull();
  expect(planParent(every, days({}), v18)?.id).toBe('b0');
  expect(planParent(every, days({}, { parentId: 'b0' }), v18)?.id).toBe('b1');
  expect(planParent(every, days({}, { parentId: 'b0' }, { parentId: 'b1' }), v18)).toBeNull();
});

test('nothing builds on another version, on what failed, on a person’s own, or when every one is full', () => {
  const every = { id: 's', fullEvery: 3, storage: 'default' };
  expect(planParent(every, days({ version: '17' }), v18)).toBeNull();
  expect(planParent(every, days({}, { state: 'FAILED' }, { scheduleId: null }), v18)?.id).toBe('b0');
  expect(planParent({ ...every, fullEvery: 1 }, days({}), v18)).toBeNull();
  expect(planParent(every, days({}), { ...v18, dataSince: new Date(nowMs + 1).toISOString() })).toBeNull();
});

test('of what builds on a damaged one nothing is added to, and for it no sound one is deleted', () => {
  const backups = days({}, { state: 'CORRUPT' }, { parentId: 'b1' }, { parentId: 'b2' });
  expect(planParent({ id: 's', fullEvery: 9, storage: 'default' }, backups, v18)).toBeNull();
  expect(planRetention({ ...none, keepCount: 1 }, backups, nowMs).goes).toEqual([]);
  const later = days({}, { state: 'CORRUPT' }, { parentId: 'b1' }, {});
  expect(planRetention({ ...none, keepCount: 1 }, later, nowMs).goes.map(({ backupId }) => backupId)).toEqual(['b0']);
});

test('another place begins with a full one; who leaves it to the project goes on where the chain lies', () => {
  const away = days({ storageTargetId: 'there' });
  const ask = (storage: string) => planParent({ id: 's', fullEvery: 3, storage }, away, v18)?.id ?? null;
  expect([ask('default'), ask('there'), ask('local'), ask('elsewhere')]).toEqual(['b0', 'b0', null, null]);
});
