import { describe, expect, it } from 'vitest';
import type { Backup } from '#contract/resources/backup.ts';
import { describeUnknown, filterBackups, listOwners, readFilter, writeFilter } from './backup-filter.ts';
import { estimateBackup, findBytesPerSecond } from './backup-pace.ts';
import { describeState } from './backup-states.ts';
import { BackupRow } from './backup-table.tsx';
import { countBackups, sumStored } from './backup-tally.tsx';
import { listBuiltOnIds } from './chains.ts';
import { describeComparison } from './proof-comparison.ts';
import { formatFound } from './proof-things.ts';

const startMs = Date.parse('2026-11-25T12:00:00Z');
const backup = (name: string, seconds: number | null, rest: Partial<Backup> = {}): Backup =>
  ({
    name,
    instanceId: 'i1',
    instanceName: 'orders',
    datastore: 'postgresql',
    kind: 'full',
    state: 'COMPLETED',
    sourceBytes: 1000,
    createdBy: 'Ada',
    createdAt: new Date(startMs).toISOString(),
    endedAt: seconds === null ? null : new Date(startMs + seconds * 1000).toISOString(),
    ...rest,
  }) as Backup;

describe('how fast a backup is', () => {
  it('is what it read in the time it took, and unknown before it ended', () => {
    expect(findBytesPerSecond(backup('a', 4))).toBe(250);
    expect(findBytesPerSecond(backup('a', null, { state: 'SAVING' }))).toBeNull();
    expect(findBytesPerSecond(backup('a', 4, { state: 'FAILED' }))).toBeNull();
  });
  it('is expected from earlier ones of the same instance and kind alone', () => {
    const running = backup('now', null, { state: 'SAVING' });
    expect(estimateBackup(running, [running])).toBeNull();
    const others = [
      backup('other instance', 900, { instanceId: 'i2' }),
      backup('other kind', 1, { kind: 'incremental' }),
      backup('failed', 2, { state: 'FAILED' }),
    ];
    const earlier = Array.from({ length: 11 }, (_, index) => backup(`e${index}`, 10 + index));
    expect(estimateBackup(running, [running, ...others, ...earlier])).toEqual({ lowMs: 11_000, highMs: 19_000, runs: 11 });
  });
});

describe('the filter', () => {
  const all = [
    backup('nightly', 4),
    backup('nightly-a', 4, { kind: 'incremental' }),
    backup('cache', 4, { instanceId: null, instanceName: 'cache', datastore: 'redis', state: 'FAILED' }),
  ];
  const find = (query: string) => filterBackups(all, readFilter(query)).map(({ name }) => name);
  it('finds by each of its parts and by all together', () => {
    expect(find('')).toHaveLength(3);
    expect(find('state=FAILED')).toEqual(['cache']);
    expect(find('engine=redis')).toEqual(['cache']);
    expect(find('kind=incremental')).toEqual(['nightly-a']);
    expect(find('instance=i1&kind=full')).toEqual(['nightly']);
    expect(find('text=NIGHTLY')).toEqual(['nightly', 'nightly-a']);
    expect(find('text=ada&instance=cache')).toEqual(['cache']);
  });
  it('is in the address as it was read, without what says nothing', () => {
    const query = 'text=a+b&state=FAILED&engine=redis&instance=cache&kind=full';
    expect(writeFilter(readFilter(query))).toBe(query);
  });
  it('takes what is written in another case, or by the word on the page', () => {
    for (const said of ['state=failed', 'STATE=Failed&colour=red', 'state=FAILED&kind=&text=']) {
      expect(find(said), said).toEqual(['cache']);
      expect(writeFilter(readFilter(said)), said).toBe('state=FAILED');
    }
    for (const said of ['corrupt', 'missing', 'Damaged']) expect(writeFilter(readFilter(`state=${said}`))).toBe('state=CORRUPT');
    expect(find('engine=Redis&kind=FULL&instance=CACHE')).toEqual(['cache']);
  });
  it('finds nothing for a value that is none, keeps it to be seen, and says so', () => {
    const query = 'state=lost&kind=half';
    expect(find(query)).toEqual([]);
    expect(writeFilter(readFilter(query))).toBe(query);
    expect(describeUnknown(readFilter(query))).toBe('No state is called “lost”. No kind is called “half”.');
    expect(describeUnknown(readFilter('state=failed&engine=redis'))).toBeNull();
  });
  it('offers every instance once, also a deleted one', () => {
    expect(listOwners(all)).toEqual([
      { key: 'cache', name: 'cache' },
      { key: 'i1', name: 'orders' },
    ]);
  });
});

it('where there are more than are read, their number says so', () => {
  expect(countBackups({ items: [1, 2], total: 2 })).toBe('2');
  expect(countBackups({ items: [1, 2], total: 7 })).toBe('the newest 2 of 7');
  // One that was made since, which the page was told of live.
  expect(countBackups({ items: [1, 2, 3], total: 2 })).toBe('3');
});

describe('a proof that compared few or none says so', () => {
  const found = (compared: number, things = 3000) => formatFound({ unit: 'tables', things, compared });
  it('on its badge', () => {
    expect(found(3000)).toBe('3,000 tables');
    expect(found(20)).toBe('3,000 tables, 20 compared');
    expect(found(0)).toBe('3,000 tables, none compared');
    expect(found(0, 0)).toBe('no tables');
    expect(formatFound({ unit: 'keys', things: 500, compared: 1 })).toBe('500 keys');
    expect(formatFound({ unit: 'keys', things: 500, compared: 0 })).toBe('500 keys, none compared');
    expect(formatFound({ unit: null, things: null, compared: null })).toBeNull();
  });
  it('in its report', () => {
    const report = { unit: 'tables' as const, things: 3000, rows: 9, exact: 0, differences: [], checks: [] };
    expect(describeComparison({ ...report, compared: 0 }, null)).toMatch(/^3,000 tables, 9 rows\. None compared: /);
    expect(describeComparison({ ...report, compared: 20, exact: 15 }, null)).toMatch(
      /20 of 3,000 tables, 15 with exactly as many rows .* 5 were written .* Not compared: 2,980,/,
    );
    expect(describeComparison({ ...report, compared: 3000, exact: 3000 }, null)).not.toMatch(/Not compared/);
    expect(describeComparison({ ...report, unit: 'keys', rows: null, compared: 2, exact: 2 }, null)).toMatch(/: 2 databases, 2 with/);
  });
});

it('a backup that its storage does not have any more is called missing, not damaged, and takes nothing there', () => {
  expect(describeState({ state: 'CORRUPT', missingSince: null }).label).toBe('Damaged');
  expect(describeState({ state: 'CORRUPT', missingSince: '2026-11-30T12:00:00Z' })).toEqual({ tone: 'broken', label: 'Missing' });
  const stored = { sizeBytes: 5, missingSince: null };
  expect(sumStored([stored, { ...stored, missingSince: '2026-11-30T12:00:00Z' }, { ...stored, sizeBytes: null }])).toBe(5);
});

describe('of hundreds', () => {
  it('those that others build on are found at once, and a row is drawn again only when something of it has changed', () => {
    const [full, failed] = [backup('full', 1, { id: 'f', parentId: null }), backup('failed', 1, { id: 'x', parentId: null })];
    const others = [backup('inc', 1, { id: 'i', parentId: 'f' }), backup('none', 1, { id: 'n', parentId: 'x', state: 'FAILED' })];
    expect([...listBuiltOnIds([full, failed, ...others])]).toEqual(['f']);
    expect(BackupRow).toMatchObject({ $$typeof: Symbol.for('react.memo') });
  });
});
