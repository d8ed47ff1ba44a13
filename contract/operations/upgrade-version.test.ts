import { describe, expect, test } from 'vitest';
import type { Instance } from '../resources/instance.ts';
import type { OperationFacts } from './operation.ts';
import { upgradeVersion as upgrade } from './upgrade-version.ts';

const now = Date.parse('2026-11-23T08:00:00Z');
const instance = {
  ...{ id: 'one', projectId: 'p', name: 'orders-db', datastore: 'postgresql', version: '15', role: 'standalone', sourceId: null },
  ...{ volumeBytes: 2 * 1024 ** 3, desiredState: 'running', operationId: null, agentSeenAt: new Date(now).toISOString() },
  unsettledRestoreId: null,
  guest: { processState: 'running', version: '15.20', volumeUsedBytes: 1 },
} as Partial<Instance> as Instance;
const replica: Instance = { ...instance, id: 'two', name: 'orders-db-2', role: 'replica', sourceId: 'one' };
const source: Instance = { ...instance, role: 'source' };
const actor = { accountId: 'a', name: 'A', operator: true, memberships: [], tokenId: null };
const facts = (rest: Partial<OperationFacts> = {}): OperationFacts => ({
  ...{ projectId: 'p', instance, set: [instance], backups: [], configurationGroups: [], actor, running: null },
  ...rest,
});

describe('upgrade-version', () => {
  const versions = [
    { datastore: 'postgresql', version: '18', full: '18.4' },
    { datastore: 'postgresql', version: '15', full: '15.21' },
    { datastore: 'mysql', version: '9.7', full: '9.7.4' },
  ] as const;
  const refuse = (version: string, rest: Partial<OperationFacts> = {}, confirmName = 'orders-db') =>
    upgrade.refuse(facts({ versions, ...rest }), { version, confirmName }, now);

  test('newer programs of its version need no typed name, and take its replicas along', () => {
    expect(refuse('15', {}, '')).toBeNull();
    const set = { instance: source, set: [source, replica] };
    expect(upgrade.plan(facts({ versions, ...set }), { version: '15', confirmName: '' }).map(({ title }) => title)).toEqual([
      'Restart its replica, then orders-db on PostgreSQL 15.21',
      'Verify the version at the engine',
    ]);
    expect(upgrade.confirm?.typedName?.(facts({ versions }), { version: '15' })).toBeNull();
    const away = { ...replica, guest: { ...instance.guest, processState: 'crashed' } as Instance['guest'] };
    expect(refuse('15', { instance: source, set: [source, away] })?.reason).toMatch(/orders-db-2 does not run/);
  });

  test('another version says before how long it takes and what is over afterwards', () => {
    expect(refuse('18')).toBeNull();
    expect(refuse('18', {}, 'orders')).toMatchObject({ field: 'confirmName' });
    expect(upgrade.plan(facts({ versions }), { version: '18', confirmName: '' }).map(({ key }) => key)).toEqual(upgrade.steps);
    const used = { ...instance, guest: { ...instance.guest, volumeUsedBytes: 0.6 * 1024 ** 3 } as Instance['guest'] };
    expect(upgrade.confirm?.goes(facts({ versions, instance: used }), { version: '18' }).join(' ')).toMatch(
      /for 10 s to 100 s:.*are of 15 and restore to a new instance/,
    );
  });

  test('what cannot be taken along is refused by field, before anything is begun', () => {
    expect(refuse('18', { instance: source, set: [source, replica] })).toMatchObject({
      field: 'version',
      reason: expect.stringMatching(/cannot follow/),
    });
    expect(refuse('18', { instance: replica, set: [source, replica] }, 'orders-db-2')?.reason).toMatch(/version of its source/);
    const full = { ...instance, guest: { ...instance.guest, volumeUsedBytes: 1.5 * 1024 ** 3 } as Instance['guest'] };
    expect(refuse('18', { instance: full })?.reason).toMatch(/needs a volume of 3\.3 GB, and this one has 2\.0 GB/);
    expect(refuse('15', { instance: { ...instance, unsettledRestoreId: 'other' } })?.reason).toMatch(/Settle the restore first/);
    expect(refuse('17')?.reason).toMatch(/no PostgreSQL 17; it has 18, 15/);
    expect(refuse('14')?.reason).toMatch(/older than 15/);
    const found = { missingPrograms: [], missingExtensions: [{ database: 'shop', name: 'postgis' }], closedDatabases: [] };
    expect(refuse('18', { upgradeFindings: found })?.reason).toMatch(/postgis \(shop\)/);
    expect(refuse('18', { upgradeFindings: { ...found, missingExtensions: [], missingPrograms: ['pg_dump'] } })?.reason).toMatch(/pg_dump/);
    expect(refuse('18', { upgradeFindings: { ...found, missingExtensions: [], closedDatabases: ['vault'] } })?.reason).toMatch(/vault/);
    const other: Instance = {
      ...instance,
      datastore: 'mysql',
      version: '8.4',
      guest: { ...instance.guest, version: '8.4.3' } as Instance['guest'],
    };
    expect(refuse('9.7', { instance: other })?.reason).toMatch(/not taken to another version than 8\.4/);
  });
});
