import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCommandLine } from '#drivers/process/pid-identity.ts';
import { listTree } from '#drivers/process/process-tree.ts';
import { testArchiveThatMoves } from './engine-archive-moves.testsuite.ts';
import { makeBackup, toStored } from './engine-backup.testsuite.ts';
import { getMain, look, password, type TestBench, tenant } from './engine-bench.testsuite.ts';
import { context, type TestGuest, until } from './guest.testsuite.ts';
import { admit, copying, toSource } from './replicated-guest.testsuite.ts';

/** A source, a replica that becomes the source, and the old one following it: with real rows all the way. */
export function testReplication(bench: TestBench): void {
  const { says, replication } = bench.subject;
  if (replication === undefined) throw new Error(`How ${bench.subject.datastore}’s replicas are tested is not said.`);
  const { refusesWrites, refusesCopier, position: positionWords, stall, resume, cut } = replication;

  describe('replication', () => {
    let first: TestGuest;
    let second: TestGuest;
    let written = 0;
    const write = async (guest: TestGuest) => {
      await bench.ask(guest, says.add('copied', written + 1));
      written += 1;
    };
    const follows = (guest: TestGuest) =>
      until(
        () => bench.count(guest, 'copied').catch(() => -1),
        (rows) => rows === written,
      );
    const seen = (guest: TestGuest, pleases: (facts: Awaited<ReturnType<typeof look>>) => boolean) => until(() => look(guest), pleases);

    beforeAll(async () => {
      first = await bench.beginGuest();
      second = await bench.createGuest();
      await bench.ask(first, says.make('copied'));
      await write(first);
    });

    test('a replica is seeded and follows every row; both say what they are', async () => {
      await admit(first, 'second');
      await admit(first, 'second');
      await second.begin({ data: { kind: 'replica', source: toSource(first, 'second') } });
      expect(await bench.count(second, 'copied')).toBe(written);
      await write(first);
      await follows(second);
      expect(await seen(second, ({ replication }) => replication?.connected === true)).toMatchObject({
        role: 'replica',
        acceptsWrites: false,
        acceptsLogins: true,
        processState: 'running',
        restartRequired: false,
      });
      expect(await seen(second, ({ replication }) => replication?.lagBytes === 0 && replication.lagMs === 0)).toMatchObject({
        replication: { connected: true },
      });
      expect(await seen(first, ({ role }) => role === 'source')).toMatchObject({ acceptsWrites: true, replication: null });
      await expect(bench.ask(second, says.add('copied', 0))).rejects.toThrow(refusesWrites);
    }, 60_000);

    test('the lag told is the lag there is: it grows while nothing is applied, and is none once all is', async () => {
      await stall(second);
      try {
        await write(first);
        const behind = await seen(second, ({ replication }) => (replication?.lagBytes ?? 0) > 0);
        expect(behind.replication?.connected).toBe(true);
        expect((await seen(second, ({ replication }) => (replication?.lagMs ?? 0) > 1500)).replication?.lagMs).toBeLessThan(60_000);
        expect(await bench.count(second, 'copied')).toBe(written - 1);
      } finally {
        await resume(second);
      }
      await follows(second);
      await seen(second, ({ replication }) => replication?.lagBytes === 0 && replication.lagMs === 0);
    });

    test('the copying password is nowhere but in files that only the guest’s account reads', async () => {
      const words = [first, second].flatMap((guest) => listTree(getMain(guest)).flatMap(({ pid }) => readCommandLine(pid))).join(' ');
      expect(words).not.toContain(copying.password);
      const files = (folder: string): string[] =>
        readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
          entry.isDirectory() ? files(path.join(folder, entry.name)) : entry.isFile() ? [path.join(folder, entry.name)] : [],
        );
      const holding = [first, second].flatMap(({ identity }) =>
        files(identity.folder).filter((file) => readFileSync(file).includes(copying.password)),
      );
      for (const file of holding) {
        expect(file).not.toMatch(/\/(logs|journal)\/|settings\.json/);
        expect(statSync(file).mode & 0o077, file).toBe(0);
        expect(file.startsWith(second.identity.folder), file).toBe(true);
      }
    });

    test('the copying account can do nothing else, and no other account is made one', async () => {
      await expect(bench.ask(first, says.list('copied'), { ...tenant, ...copying })).rejects.toThrow(refusesCopier);
      await expect(bench.ask(first, says.add('copied', 0), { ...tenant, ...copying })).rejects.toThrow(refusesCopier);
      await expect(
        first.engine.replication.admitReplica({ ...copying, user: 'app', slot: 'x', cidr: '0.0.0.0/0' }, context()),
      ).rejects.toMatchObject({ code: 'invalid-input' });
    });

    test('users and passwords follow, also those changed later; on the replica itself none can be changed', async () => {
      const { accounts } = first.engine;
      const late = { ...tenant, user: 'late' };
      const reads = (login: typeof late) =>
        bench.ask(second, says.list('copied'), login).then(
          () => 'in',
          () => 'out',
        );
      const sees = (login: typeof late, wanted: string) =>
        until(
          async () => {
            await look(second);
            return reads(login);
          },
          (answer) => answer === wanted,
        );
      await accounts.createUser({ name: 'late', password, grants: bench.subject.grants(tenant.database) }, context());
      await sees(late, 'in');
      await expect(bench.ask(second, says.add('copied', 0), late)).rejects.toThrow(refusesWrites);
      await accounts.setPassword({ name: 'late', password: 'Another-horse-8-battery' }, context());
      await sees({ ...late, password: 'Another-horse-8-battery' }, 'in');
      expect(await reads(late)).toBe('out');
      await accounts.dropUser({ name: 'late' }, context());
      await sees({ ...late, password: 'Another-horse-8-battery' }, 'out');
      await expect(second.engine.accounts.createUser({ name: 'own', password, grants: [] }, context())).rejects.toThrow();
      expect((await second.engine.accounts.listUsers({}, context())).users.map(({ name }) => name)).not.toContain('own');
    });

    test('not even root writes to a replica', async () => {
      await first.engine.accounts.enableRoot({ password }, context());
      const root = { ...tenant, user: 'root' };
      await until(
        async () => {
          await look(second);
          return bench.ask(second, says.add('copied', 0), root).then(
            () => 'written',
            (error: unknown) => String(error),
          );
        },
        (answer) => refusesWrites.test(answer),
      );
      await first.engine.accounts.disableRoot({}, context());
      expect(await bench.count(second, 'copied')).toBe(written);
    });

    test('a backup of a replica restores to a server of its own', async () => {
      const backupId = '2d9f2d0e-5b8e-4b5c-8a39-54a0c5b2d333';
      await makeBackup(second, backupId);
      const copy = await bench.createGuest();
      await copy.begin({ data: toStored(backupId) });
      expect(await bench.count(copy, 'copied')).toBe(written);
      expect(await seen(copy, ({ acceptsLogins }) => acceptsLogins)).toMatchObject({ role: 'standalone', acceptsWrites: true });
      await copy.engine.lifecycle.stop({}, context());
    });

    test('over a cut connection, a killed source and a killed replica it goes on by itself', async () => {
      await cut(first);
      await write(first);
      await follows(second);
      process.kill(getMain(first).pid, 'SIGKILL');
      await seen(second, ({ replication }) => replication?.connected === false);
      expect(await bench.count(second, 'copied')).toBe(written);
      await first.engine.lifecycle.start({}, context());
      await write(first);
      await follows(second);
      process.kill(getMain(second).pid, 'SIGKILL');
      await write(first);
      await second.engine.lifecycle.start({}, context());
      await follows(second);
      await second.engine.lifecycle.stop({}, context());
      await write(first);
      await second.engine.lifecycle.start({}, context());
      await follows(second);
      await expect(bench.ask(second, says.add('copied', 0))).rejects.toThrow(refusesWrites);
    }, 60_000);

    test('a replica starts and answers while its source is down', async () => {
      await first.engine.lifecycle.stop({}, context());
      await second.engine.lifecycle.stop({}, context());
      await second.engine.lifecycle.start({}, context());
      expect(await bench.count(second, 'copied')).toBe(written);
      expect(await seen(second, ({ acceptsLogins }) => acceptsLogins)).toMatchObject({
        role: 'replica',
        acceptsWrites: false,
        replication: { connected: false },
      });
      await first.engine.lifecycle.start({}, context());
      await write(first);
      await follows(second);
    });

    test('fenced, the source refuses every write by itself, over a restart and a new agent; released it goes on', async () => {
      const { position } = await first.engine.replication.fence({}, context());
      expect(position).toMatch(positionWords);
      // Asked twice it is the same; Redis counts what it tells replicas every ten seconds, which may come in between.
      const ask = async () => (await first.engine.replication.fence({}, context())).position;
      await expect.poll(async () => new Set([await ask(), await ask()]).size).toBe(1);
      await expect(bench.ask(first, says.add('copied', 0))).rejects.toThrow(refusesWrites);
      await first.engine.lifecycle.stop({}, context());
      const next = first.withNewAgent();
      await next.engine.lifecycle.start({}, context());
      await expect(bench.ask(first, says.add('copied', 0))).rejects.toThrow(refusesWrites);
      await next.engine.close();
      await first.engine.adopt();
      expect(await seen(first, ({ processState, acceptsLogins }) => processState === 'running' && acceptsLogins)).toMatchObject({
        acceptsWrites: false,
      });
      await first.engine.replication.unfence({}, context());
      await first.engine.replication.unfence({}, context());
      await write(first);
      await follows(second);
    });

    test('planned change of source: no row lost, the old source follows without a fresh copy', async () => {
      let open = true;
      const writing = (async () => {
        while (open) await write(first).catch(() => (open = false));
      })();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const { position } = await first.engine.replication.fence({}, context());
      await writing;
      await second.engine.replication.promote({ reach: position }, context());
      // The last write may have been made and its answer cut off.
      const there = await bench.count(second, 'copied');
      expect([written, written + 1]).toContain(there);
      written = there;
      await second.engine.replication.promote({ reach: position }, context());
      await write(second);
      await admit(second, 'first');
      await first.engine.replication.follow({ source: toSource(second, 'first') }, context());
      await first.engine.replication.dismissReplica({ slot: 'second' }, context());
      expect(first.events).toEqual([]);
      await follows(first);
      expect(await seen(first, ({ role, replication }) => role === 'replica' && replication?.connected === true)).toMatchObject({
        acceptsWrites: false,
      });
      expect(await seen(second, ({ role }) => role === 'source')).toMatchObject({ acceptsWrites: true });
      expect((await first.engine.replication.position({}, context())).inRecovery).toBe(true);
      // Changed at the new source, users reach the old one.
      await second.engine.accounts.createUser({ name: 'newer', password, grants: bench.subject.grants(tenant.database) }, context());
      await until(
        async () => {
          await look(first);
          return bench.ask(first, says.list('copied'), { ...tenant, user: 'newer' }).then(
            () => 'in',
            () => 'out',
          );
        },
        (answer) => answer === 'in',
      );
    }, 60_000);

    testArchiveThatMoves(bench, () => ({ first, second, write }));

    test('where histories differ the old source is copied afresh', async () => {
      await first.engine.replication.promote({ reach: null }, context());
      for (const n of [1, 2, 3]) await bench.ask(first, says.add('copied', n));
      await write(second);
      await first.engine.replication.follow({ source: toSource(second, 'first') }, context());
      expect(first.events).toMatchObject([{ code: 'replica-copied-afresh' }]);
      await follows(first);
      expect(await seen(first, ({ replication }) => replication?.connected === true)).toMatchObject({ role: 'replica' });
    }, 60_000);

    test('a dismissed replica copies no more; detached it is a server of its own', async () => {
      await first.engine.replication.promote({ reach: null }, context());
      await second.engine.replication.dismissReplica({ slot: 'first' }, context());
      await second.engine.replication.dismissReplica({ slot: 'first' }, context());
      expect(await seen(second, ({ role }) => role === 'standalone')).toMatchObject({ acceptsWrites: true });
      expect(await seen(first, ({ role }) => role === 'standalone')).toMatchObject({ acceptsWrites: true, replication: null });
      await bench.ask(first, says.add('copied', 3));
      const third = await bench.createGuest();
      await expect(third.initialise({ data: { kind: 'replica', source: toSource(second, 'third') } })).rejects.toThrow();
    });

    test('a source with another authority’s certificate is not believed', async () => {
      const third = await bench.createGuest();
      await admit(second, 'third');
      const stranger = await bench.foreignAuthority();
      await expect(
        third.initialise({ data: { kind: 'replica', source: { ...toSource(second, 'third'), caPem: stranger } } }),
      ).rejects.toThrow();
      await third.begin({ data: { kind: 'replica', source: toSource(second, 'third') } });
      await follows(third);
    }, 60_000);
  });
}
