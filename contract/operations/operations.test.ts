import { describe, expect, test } from 'vitest';
import type { Backup } from '../resources/backup.ts';
import type { Instance } from '../resources/instance.ts';
import type { Operation } from '../resources/operation.ts';
import { CreateInstanceInput } from './create-instance.ts';
import { listBuiltOn } from './delete-backup.ts';
import { backup, facts, id, instance, now, replica, source } from './facts.testsuite.ts';
import { getOperation, OperationName, operations } from './index.ts';
import type { OperationFacts } from './operation.ts';

const create = (rest: object) => CreateInstanceInput.parse({ name: 'orders-db-3', datastore: 'postgresql', version: '15', ...rest });

describe.each(OperationName.options)('%s', (name) => {
  test('plans only steps its workflow is typed by, in their order', () => {
    const operation = getOperation(name);
    for (const from of [{ kind: 'empty' }, { kind: 'backup', backupId: id(3) }, { kind: 'replica', sourceId: id(1) }]) {
      const planned = operation.plan(facts({ instance: replica, set: [source, replica] }), create({ from })).map((step) => step.key);
      expect(planned.length).toBeGreaterThan(0);
      expect(planned).toEqual(operation.steps.filter((key) => planned.includes(key)));
    }
  });
  test('asks for confirmation when it interrupts or destroys', () => {
    const { danger, confirm } = getOperation(name);
    expect(confirm !== undefined).toBe(danger !== 'none');
  });
});

test('a busy instance refuses by the name of what runs', () => {
  const running = { title: 'Create backup' } as Operation;
  for (const name of ['start-instance', 'stop-instance', 'restart-instance', 'delete-instance', 'rename-instance'] as const) {
    expect(operations[name].refuse(facts({ running }), null, now)?.reason).toContain('Create backup is running');
  }
});

test('a name that another instance has is refused before anything begins', () => {
  for (const name of ['rename-instance', 'clone-instance'] as const)
    expect(operations[name].refuse(facts({ otherNames: ['goods'] }), { name: 'goods' }, now)).toMatchObject({
      code: 'name-taken',
      field: 'name',
    });
});

test('a source with replicas is not deleted, by force neither', () => {
  const set = facts({ instance: source, set: [source, replica] });
  expect(operations['delete-instance'].refuse(set, null, now)?.reason).toContain('replicas');
  expect(operations['force-delete-instance'].refuse(set, null, now)?.reason).toContain('replicas');
});

test('the typed name must be the name', () => {
  const refuse = (confirmName: string) => operations['delete-instance'].refuse(facts(), { confirmName }, now);
  expect(refuse('order-db')).toMatchObject({ field: 'confirmName', reason: expect.stringContaining('typed name') });
  expect(refuse('orders-db')).toBeNull();
});

test('first databases and users that cannot all be made are refused before anything is', () => {
  const refuse = (input: object) => operations['create-instance'].refuse(facts({ instance: null }), create(input), now);
  const a = { name: 'a' };
  expect(refuse({ databases: [a, a] })).toMatchObject({ field: 'databases', reason: expect.stringMatching(/a is named twice/) });
  expect(refuse({ databases: [a], users: [a, a] })).toMatchObject({ field: 'users', reason: expect.stringMatching(/a is named twice/) });
  const given = (...databases: unknown[]) => refuse({ databases: [a], users: [{ name: 'u', databases }] });
  expect(given('b')).toMatchObject({ field: 'users', reason: expect.stringMatching(/database b, which is not among/) });
  expect(given({ database: 'b', level: 'full' })).toMatchObject({ field: 'users' });
  expect(given('a', { database: 'a', level: 'read-only' })).toBeNull();
  expect(refuse({ users: [{ name: 'pg_x' }] })).toMatchObject({ field: 'users' });
});

test('only a replica with a heard source is promoted', () => {
  expect(operations['promote-replica'].refuse(facts(), {}, now)?.reason).toContain('Only a replica');
  expect(operations['promote-replica'].refuse(facts({ instance: replica, set: [source, replica] }), {}, now)).toBeNull();
  const silent = { ...source, agentSeenAt: new Date(now - 60_000).toISOString() };
  expect(operations['promote-replica'].refuse(facts({ instance: replica, set: [silent, replica] }), {}, now)?.reason).toContain('silent');
  const down = { ...source, guest: source.guest && { ...source.guest, processState: 'crashed' as const } };
  expect(operations['promote-replica'].refuse(facts({ instance: replica, set: [down, replica] }), {}, now)?.reason).toContain('detach');
});

test('whoever promotes is told beforehand that backups follow', () => {
  const told = operations['promote-replica'].confirm?.stays(facts({ instance: replica, set: [source, replica] }));
  expect(told?.[1]).toMatch(/continuous archive, where it has them, go on at orders-db-2, beginning with a full backup/);
});

test('a replica without a configuration group takes that of the source in whose place it comes, which the plan says', () => {
  const { plan, confirm } = operations['promote-replica'];
  const group = { id: id(7), name: 'fast' } as OperationFacts['configurationGroups'][number];
  const set = [{ ...source, configurationGroupId: group.id }, replica];
  const told = (one: typeof replica) => {
    const seen = facts({ instance: one, set, configurationGroups: [group] });
    return [plan(seen, {}).at(-1)?.title, ...(confirm?.stays(seen) ?? [])].join(' ');
  };
  expect(told(replica)).toMatch(/apply the configuration group fast of orders-db .* orders-db-2 has none, and takes it/);
  expect(told({ ...replica, configurationGroupId: id(8) })).not.toMatch(/configuration group/);
});

test('a restore needs a completed backup of the same version that fits', () => {
  const from = { kind: 'backup' as const, backupId: id(3) };
  const refuse = (input: CreateInstanceInput, backups: Backup[]) =>
    operations['create-instance'].refuse(facts({ instance: null, backups }), input, now)?.reason ?? null;
  expect(refuse(create({ from }), [])).toContain('does not exist');
  expect(refuse(create({ from }), [{ ...backup, state: 'FAILED' }])).toContain('failed');
  expect(refuse(create({ from, version: '18' }), [backup])).toContain('same version');
  expect(refuse(create({ from }), [backup])).toContain('too small');
  expect(refuse(create({ from, volumeBytes: 4 * 1024 ** 3 }), [backup])).toBeNull();
});

test('a volume only grows', () => {
  expect(operations['resize-volume'].refuse(facts(), { volumeBytes: 1024 ** 3 }, now)?.reason).toContain('only grow');
  expect(operations['resize-volume'].refuse(facts(), { volumeBytes: 4 * 1024 ** 3 }, now)).toBeNull();
});

test('a set is resized so that no replica is smaller than its source', () => {
  const set = facts({ instance: source, set: [source, replica] });
  expect(operations['resize-flavor'].refuse(set, { flavorId: 'gb.4g' }, now)?.reason).toContain('Resize the replicas first');
  expect(
    operations['resize-flavor'].refuse(facts({ instance: replica, set: [source, replica] }), { flavorId: 'gb.512m' }, now)?.reason,
  ).toContain('source');
});

test('an incremental backup adds to a completed one of the same instance and version, where the datastore can', () => {
  const maria: Instance = { ...instance, datastore: 'mariadb', version: '10.11' };
  const parent: Backup = { ...backup, datastore: 'mariadb', version: '10.11', instanceId: maria.id };
  const refuse = (of: Instance, backups: Backup[], storage = 'default') =>
    operations['create-backup'].refuse(facts({ instance: of, set: [of], backups }), { name: 'more', parentId: parent.id, storage }, now)
      ?.reason ?? null;
  expect(refuse(maria, [parent])).toBeNull();
  expect(refuse(instance, [{ ...backup, instanceId: instance.id }])).toMatch(/PostgreSQL has no incremental backups/);
  expect(refuse(maria, [])).toMatch(/does not exist/);
  expect(refuse(maria, [{ ...parent, instanceId: id(9) }])).toMatch(/another instance/);
  expect(refuse(maria, [{ ...parent, state: 'FAILED' }])).toMatch(/not complete/);
  expect(refuse(maria, [{ ...parent, version: '10.6' }])).toMatch(/another version/);
  expect(refuse(maria, [parent], 'local')).toBeNull();
  expect(getOperation('create-backup').refuse(facts(), {}, now)).toBeNull();
  expect(refuse(maria, [{ ...parent, storageTargetId: id(5) }], id(5))).toBeNull();
  expect(refuse(maria, [{ ...parent, storageTargetId: id(5) }], 'local')).toMatch(/lies where nightly lies/);
});

test('a backup that others build on is not deleted; those that failed do not count', () => {
  const refuse = (state: Backup['state']) =>
    operations['delete-backup'].refuse(
      facts({ backups: [backup, { ...backup, id: id(8), parentId: backup.id, kind: 'incremental', state }] }),
      { backupId: backup.id, withChain: false, confirmName: '' },
      now,
    )?.reason ?? null;
  for (const state of ['COMPLETED', 'SAVING', 'DELETE_FAILED'] as const) expect(refuse(state)).toMatch(/Incremental backups build on it/);
  for (const state of ['FAILED', 'CANCELLED'] as const) expect(refuse(state)).toBeNull();
});

test('a whole chain is deleted with its typed name, told beforehand, and from its end', () => {
  const child = { ...backup, id: id(8), parentId: backup.id, kind: 'incremental' as const, sizeBytes: 1_000_000 };
  const grandchild = { ...child, id: id(9), parentId: child.id };
  const chain = [backup, child, grandchild];
  const ask = (confirmName: string, backups: Backup[] = chain) =>
    operations['delete-backup'].refuse(facts({ backups }), { backupId: backup.id, withChain: true, confirmName }, now)?.reason ?? null;
  expect(ask('')).toMatch(/typed name/);
  expect(ask(backup.name)).toBeNull();
  expect(ask(backup.name, [backup, { ...child, state: 'SAVING' }])).toMatch(/still being made/);
  const { confirm } = operations['delete-backup'];
  const input = { backupId: backup.id, withChain: true };
  expect(confirm?.typedName?.(facts({ backups: chain }), input)).toBe(backup.name);
  expect(confirm?.typedName?.(facts({ backups: [backup] }), input)).toBeNull();
  expect(confirm?.goes(facts({ backups: chain }), input)[0]).toMatch(/^3 stored copies, 1.9 MB: .* and 2 that build on it/);
  expect(listBuiltOn(chain, backup.id).map((one) => one.id)).toEqual([grandchild.id, child.id]);
});

test('the dialog of a deletion names the backup, and says when nothing can be restored without it', () => {
  const left = { ...backup, id: id(8) };
  const goes = (backups: Backup[], backupId = backup.id, withChain = false) =>
    operations['delete-backup'].confirm?.goes(facts({ backups }), { backupId, withChain }).join(' ') ?? '';
  const last = /No full backup of orders-db is left then: nothing of it can be restored, no archived moment either/;
  const stays = (backups: Backup[]) =>
    operations['delete-backup'].confirm?.stays(facts({ backups }), { backupId: backup.id, withChain: true }).join(' ') ?? '';
  expect(stays([backup, left])).toMatch(/other backups/);
  expect(stays([backup])).toBe('The instance.');
  const later = { ...left, name: 'weekly', createdAt: '2026-11-25T10:00:00.000Z', endedAt: '2026-11-25T10:00:05.000Z' };
  const sooner = { ...backup, createdAt: '2026-11-24T10:00:00.000Z', endedAt: '2026-11-24T10:00:05.000Z' };
  expect(goes([sooner, later])).toMatch(/Every archived moment before 2026-11-25 10:00:05\S* UTC: weekly is the oldest/);
  expect(goes([sooner, later], later.id)).not.toMatch(/archived/);
  expect(goes([backup, left])).toMatch(/^nightly, 1 B\. It cannot be restored/);
  expect(goes([backup, left])).not.toMatch(last);
  expect(goes([backup])).toMatch(last);
  expect(goes([backup, { ...left, state: 'CORRUPT' }])).toMatch(last);
  expect(goes([backup, { ...left, instanceId: id(9) }])).toMatch(last);
  const child = { ...left, kind: 'incremental' as const, parentId: backup.id };
  expect(goes([backup, child], backup.id, true)).toMatch(last);
  expect(goes([backup, child], child.id)).not.toMatch(last);
  expect(goes([{ ...backup, state: 'CANCELLED', sizeBytes: null }])).toBe('nightly, of which nothing can be restored.');
});

test('a restore in place takes one of its own complete backups that fits, and without a safety backup only who says so', () => {
  const own: Backup = { ...backup, instanceId: instance.id, sourceBytes: 1 };
  const ask = (change: { of?: Instance; set?: Instance[]; override?: string; confirmName?: string }, backups: Backup[] = [own]) => {
    const of = change.of ?? instance;
    const input = { backupId: own.id, override: change.override ?? '', confirmName: change.confirmName ?? instance.name };
    return operations['restore-in-place'].refuse(facts({ instance: of, set: change.set ?? [of], backups }), input, now)?.reason ?? null;
  };
  const offer = (of: Instance) => operations['restore-in-place'].refuse(facts({ instance: of, set: [of] }), null, now)?.reason ?? null;
  expect(offer(instance)).toMatch(/no complete backup to go back to/);
  expect(offer({ ...instance, lastBackupAt: backup.createdAt })).toBeNull();
  expect(ask({})).toBeNull();
  expect(ask({ confirmName: 'other' })).toMatch(/typed name/);
  expect(ask({}, [{ ...own, instanceId: id(7) }])).toMatch(/one of this instance/);
  expect(ask({}, [{ ...own, state: 'CORRUPT' }])).toMatch(/damaged/);
  expect(
    ask({}, [
      { ...own, parentId: 'base' },
      { ...own, id: 'base', state: 'CORRUPT' },
    ]),
  ).toMatch(/builds on was found damaged/);
  expect(ask({}, [{ ...own, version: '18' }])).toMatch(/another version/);
  expect(ask({}, [{ ...own, sourceBytes: instance.volumeBytes }])).toMatch(/too small/);
  expect(ask({ set: [instance, replica] })).toMatch(/replicas/);
  expect(ask({ of: replica })).toMatch(/replica/);
  const down: Instance = { ...instance, guest: instance.guest && { ...instance.guest, processState: 'stopped' } };
  expect(ask({ of: down })).toMatch(/type “without a safety backup”/);
  expect(ask({ of: down, override: 'without a safety backup' })).toBeNull();
  expect(ask({ override: 'without a safety backup' }), 'while it runs, too').toBeNull();
  expect(ask({ override: 'without' })).toMatch(/or leave it empty/);
  const firstStep = (of: Instance, override = '') =>
    operations['restore-in-place'].plan(facts({ instance: of }), { backupId: own.id, override, confirmName: '' })[0]?.key;
  expect([firstStep(instance), firstStep(down), firstStep(instance, 'without a safety backup')]).toEqual(['store', 'fetch', 'fetch']);
});

test('what a restore in place left unsettled is settled first, and no backup is added to one of before a restore', () => {
  const of: Instance = { ...instance, unsettledRestoreId: id(8) };
  const settle = (given: object | null, about = of) =>
    operations['settle-restore'].refuse(facts({ instance: about }), given as never, now)?.reason ?? null;
  expect(settle(null, instance)).toMatch(/No restore in place waits/);
  expect(settle({ keep: 'old', confirmName: 'other' })).toMatch(/typed name/);
  expect(settle({ keep: 'old', confirmName: of.name })).toBeNull();
  expect(operations['restore-in-place'].refuse(facts({ instance: of, set: [of] }), null, now)?.reason).toMatch(/Settle that one first/);
  const steps = (keep: 'old' | 'new') => operations['settle-restore'].plan(facts({ instance: of }), { keep, confirmName: '' }).at(-1)?.key;
  expect([steps('old'), steps('new')]).toEqual(['settle', 'back-up']);
  const adding: Instance = { ...instance, datastore: 'mariadb', version: '10.11', dataSince: '2026-11-23T08:00:00.000Z' };
  const parent = (createdAt: string): Backup => ({ ...backup, instanceId: adding.id, datastore: 'mariadb', version: '10.11', createdAt });
  const add = (createdAt: string) => {
    const about = facts({ instance: adding, set: [adding], backups: [parent(createdAt)] });
    return operations['create-backup'].refuse(about, { name: 'more', parentId: backup.id, storage: 'default' }, now)?.reason ?? null;
  };
  expect(add('2026-11-23T07:59:59.000Z')).toMatch(/replaced by a restore/);
  expect(add('2026-11-23T08:00:01.000Z')).toBeNull();
});

describe('a datastore of its own kind', () => {
  const plain: Instance = { ...instance, datastore: 'mariadb', version: '10.11', allowedCidrs: ['127.0.0.1/32'] };
  test('whose accounts belong to networks has replicas with the same ones, and takes no name of the engine’s own', () => {
    const refuse = (rest: object) =>
      getOperation('create-instance').refuse(
        facts({ instance: null, set: [plain], backups: [{ ...backup, datastore: 'mariadb', version: '10.11' }] }),
        create({ datastore: 'mariadb', version: '10.11', ...rest }),
        now,
      )?.reason ?? null;
    expect(refuse({})).toBeNull();
    expect(refuse({ from: { kind: 'backup', backupId: id(3) }, volumeBytes: 4 * 1024 ** 3 })).toBeNull();
    const from = { kind: 'replica', sourceId: id(1) };
    const size = { volumeBytes: 16 * 1024 ** 3, flavorId: plain.flavorId };
    expect(refuse({ from, ...size, allowedCidrs: [...plain.allowedCidrs] })).toBeNull();
    expect(refuse({ from, ...size, allowedCidrs: ['10.9.0.0/16'] })).toMatch(/allow the networks of the source/);
    expect(refuse({ databases: [{ name: 'mysql' }] })).toMatch(/belong to the engine/);
    expect(refuse({ users: [{ name: 'root' }] })).toMatch(/reserved/);
    expect(refuse({ databases: [{ name: 'postgres' }], users: [{ name: 'pg_monitor' }] })).toBeNull();
  });
  test('with presets instead of databases it makes none, and grants what it knows only', () => {
    const refuse = (rest: object) =>
      getOperation('create-instance').refuse(facts({ instance: null }), create({ datastore: 'redis', version: '7.0', ...rest }), now)
        ?.reason ?? null;
    expect(refuse({ users: [{ name: 'app', databases: ['application', '~cart:*'] }] })).toBeNull();
    expect(refuse({ users: [{ name: 'app', databases: ['app'] }] })).toMatch(/neither one of/);
    expect(refuse({ users: [{ name: 'app', databases: [{ database: '0', level: 'read-only' }] }] })).toMatch(/no levels/);
    expect(refuse({ databases: [{ name: 'app' }] })).toMatch(/numbered/);
  });
});
