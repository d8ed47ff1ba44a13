import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCommandLine } from '#drivers/process/pid-identity.ts';
import { listTree } from '#drivers/process/process-tree.ts';
import { makeBackup, toStored } from '../../engine-backup.testsuite.ts';
import { getMain, look, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';

const copying = { user: 'guestboard_repl', password: 'Copying-secret-of-the-set-1' };

/** A source, a replica that becomes the source, and the old one following it: with real rows all the way. */
export function testReplication(bench: TestBench): void {
  describe('replication', () => {
    let first: TestGuest;
    let second: TestGuest;
    const toSource = (guest: TestGuest, slot: string) => ({
      host: '127.0.0.1',
      port: guest.identity.port,
      ...copying,
      slot,
      caPem: guest.tls.caPem,
    });
    const count = async (guest: TestGuest) => (await bench.ask(guest, 'SELECT count(*)::int AS n FROM rows'))[0]?.n;
    const admit = (guest: TestGuest, slot: string) =>
      guest.engine.replication.admitReplica({ ...copying, slot, cidr: '127.0.0.1/32' }, context());

    beforeAll(async () => {
      first = await bench.beginGuest();
      second = await bench.createGuest();
      await bench.ask(first, 'CREATE TABLE rows AS SELECT generate_series(1, 1000) AS n');
      await first.engine.configuration.apply({ parameters: { max_connections: 70 } }, context());
      await first.engine.lifecycle.stop({}, context());
      await first.engine.lifecycle.start({}, context());
    });

    test('a replica is seeded and follows; both say what they are', async () => {
      await admit(first, 'second');
      await admit(first, 'second');
      await second.begin({ data: { kind: 'replica', source: toSource(first, 'second') } });
      await bench.ask(first, 'INSERT INTO rows SELECT generate_series(1001, 2000)');
      await until(
        () => count(second),
        (rows) => rows === 2000,
      );
      expect(
        await until(
          () => look(second),
          ({ replication }) => replication?.connected === true,
        ),
      ).toMatchObject({ role: 'replica', acceptsWrites: false, processState: 'running' });
      expect(
        await until(
          () => look(second),
          ({ replication }) => replication?.lagBytes === 0,
        ),
      ).toMatchObject({ replication: { connected: true, lagMs: 0 } });
      expect(
        (
          await until(
            () => look(first),
            ({ role }) => role === 'source',
          )
        ).acceptsWrites,
      ).toBe(true);
      await expect(bench.ask(second, 'INSERT INTO rows VALUES (0)')).rejects.toThrow(/read-only/);
    });

    test('the copying password is only in its 0600 file, never in arguments or configuration', async () => {
      const words = [first, second].flatMap((guest) => listTree(getMain(guest)).flatMap(({ pid }) => readCommandLine(pid))).join(' ');
      expect(words).not.toContain(copying.password);
      expect(readFileSync(path.join(second.identity.folder, 'conf', 'standby.conf'), 'utf8')).not.toContain(copying.password);
    });

    test('the copying account can do nothing else', async () => {
      await expect(bench.ask(first, 'SELECT 1', { ...tenant, ...copying })).rejects.toThrow(/pg_hba.conf rejects/);
      await expect(
        first.engine.replication.admitReplica({ ...copying, user: 'app', slot: 'x', cidr: '0.0.0.0/0' }, context()),
      ).rejects.toMatchObject({ code: 'invalid-input' });
    });

    test('a backup of a replica restores to a server of its own', async () => {
      const backupId = '2d9f2d0e-5b8e-4b5c-8a39-54a0c5b2d333';
      await makeBackup(second, backupId);
      const copy = await bench.createGuest();
      await copy.begin({ data: toStored(backupId) });
      expect(await count(copy)).toBe(2000);
      expect(
        await until(
          () => look(copy),
          ({ acceptsLogins }) => acceptsLogins,
        ),
      ).toMatchObject({ role: 'standalone', acceptsWrites: true });
      await copy.engine.lifecycle.stop({}, context());
    });

    test('a killed source comes back and the replica goes on', async () => {
      process.kill(getMain(first).pid, 'SIGKILL');
      await until(
        () => look(second),
        ({ replication }) => replication?.connected === false,
      );
      await first.engine.lifecycle.start({}, context());
      await bench.ask(first, 'INSERT INTO rows VALUES (2001)');
      await until(
        () => count(second),
        (rows) => rows === 2001,
      );
    });

    test('fenced, the source refuses every write by itself, over a restart and a new agent; released it goes on', async () => {
      const { position } = await first.engine.replication.fence({}, context());
      expect(position).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
      expect(await first.engine.replication.fence({}, context())).toEqual({ position });
      for (const text of ['INSERT INTO rows VALUES (0)', 'SET transaction_read_only = off; INSERT INTO rows VALUES (0)'])
        await expect(bench.ask(first, text)).rejects.toThrow(/recovery|read-only/);
      await first.engine.lifecycle.stop({}, context());
      const next = first.withNewAgent();
      await next.engine.lifecycle.start({}, context());
      await expect(bench.ask(first, 'INSERT INTO rows VALUES (0)')).rejects.toThrow(/read-only/);
      await next.engine.close();
      await first.engine.adopt();
      expect(
        await until(
          () => look(first),
          ({ processState, acceptsLogins }) => processState === 'running' && acceptsLogins,
        ),
      ).toMatchObject({ acceptsWrites: false });
      await first.engine.replication.unfence({}, context());
      await first.engine.replication.unfence({}, context());
      await bench.ask(first, 'INSERT INTO rows VALUES (2002)');
      await until(
        () => count(second),
        (rows) => rows === 2002,
      );
    });

    test('a source whose parameter waits for a restart with fewer connections can be fenced and released all the same', async () => {
      const connections = async () => Number((await bench.ask(first, 'SHOW max_connections'))[0]?.max_connections);
      await first.engine.configuration.apply({ parameters: { max_connections: 40 } }, context());
      expect(await connections()).toBe(70);
      await first.engine.replication.fence({}, context());
      expect(await connections()).toBe(70);
      await first.engine.replication.unfence({}, context());
      expect(await connections()).toBe(40);
      await bench.ask(first, 'INSERT INTO rows VALUES (2003)');
      await until(
        () => count(second),
        (rows) => rows === 2003,
      );
    });

    test('a replica whose source has come to take more connections starts again', async () => {
      await first.engine.configuration.apply({ parameters: { max_connections: 150 } }, context());
      await first.engine.lifecycle.stop({}, context());
      await first.engine.lifecycle.start({}, context());
      await bench.ask(first, 'INSERT INTO rows VALUES (2004)');
      await until(
        async () => {
          await second.engine.lifecycle.stop({}, context());
          await second.engine.lifecycle.start({}, context());
          return count(second);
        },
        (rows) => rows === 2004,
      );
    });

    test('planned change of source: no row lost, the old source follows without a fresh copy', async () => {
      let written = 2004;
      let open = true;
      const writing = (async () => {
        while (open) {
          try {
            await bench.ask(first, `INSERT INTO rows VALUES (${written + 1})`);
            written += 1;
          } catch {
            open = false;
          }
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const { position } = await first.engine.replication.fence({}, context());
      await writing;
      await second.engine.replication.promote({ reach: position }, context());
      expect(await count(second)).toBe(written);
      await second.engine.replication.promote({ reach: position }, context());
      await bench.ask(second, 'INSERT INTO rows VALUES (0)');
      await admit(second, 'first');
      const dataFolder = readFileSync(path.join(first.identity.folder, 'data', 'PG_VERSION'));
      await first.engine.replication.follow({ source: toSource(second, 'first') }, context());
      expect(first.events).toEqual([]);
      expect(dataFolder.length).toBeGreaterThan(0);
      await until(
        () => count(first),
        (rows) => rows === written + 1,
      );
      expect(
        await until(
          () => look(first),
          ({ role, replication }) => role === 'replica' && replication?.connected === true,
        ),
      ).toMatchObject({ acceptsWrites: false });
      expect(
        await until(
          () => look(second),
          ({ role }) => role === 'source',
        ),
      ).toMatchObject({ acceptsWrites: true });
      expect((await first.engine.replication.position({}, context())).inRecovery).toBe(true);
    }, 60_000);

    test('where histories differ the old source is copied afresh', async () => {
      await first.engine.replication.promote({ reach: null }, context());
      await bench.ask(first, 'INSERT INTO rows SELECT generate_series(1, 500)');
      await bench.ask(second, 'INSERT INTO rows VALUES (-1)');
      const wanted = await count(second);
      await first.engine.replication.follow({ source: toSource(second, 'first') }, context());
      expect(first.events).toMatchObject([{ code: 'replica-copied-afresh' }]);
      await until(
        () => count(first),
        (rows) => rows === wanted,
      );
      expect(
        await until(
          () => look(first),
          ({ replication }) => replication?.connected === true,
        ),
      ).toMatchObject({ role: 'replica' });
    }, 60_000);

    test('a dismissed replica has no slot; detached it is a server of its own', async () => {
      await first.engine.replication.promote({ reach: null }, context());
      await second.engine.replication.dismissReplica({ slot: 'first' }, context());
      await second.engine.replication.dismissReplica({ slot: 'first' }, context());
      expect(
        await until(
          () => look(second),
          ({ role }) => role === 'standalone',
        ),
      ).toMatchObject({ acceptsWrites: true });
      expect(
        await until(
          () => look(first),
          ({ role }) => role === 'standalone',
        ),
      ).toMatchObject({ acceptsWrites: true, replication: null });
      await bench.ask(first, 'INSERT INTO rows VALUES (3)');
    });

    test('a source with another authority’s certificate is not believed', async () => {
      const third = await bench.createGuest();
      await admit(second, 'third');
      const stranger = await bench.foreignAuthority();
      await expect(
        third.initialise({ data: { kind: 'replica', source: { ...toSource(second, 'third'), caPem: stranger } } }),
      ).rejects.toThrow();
    });
  });
}
