import { once } from 'node:events';
import { connect } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { look, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { admit, copying, toSource } from '../../replicated-guest.testsuite.ts';
import { withClient } from './connections.ts';
import { createPlace } from './place.ts';
import { pruneBinaryLogs } from './prune-binary-logs.ts';

const volumeBytes = 128 * 1024 ** 2;

/** What MariaDB's binary log and the copy for a replica bring with them. */
export function testReplication(bench: TestBench): void {
  describe('mariadb: replication, the binary log and the copy', () => {
    let source: TestGuest;
    let replica: TestGuest;
    const asAdmin = <Row extends object>(guest: TestGuest, text: string) =>
      withClient(createPlace(guest.identity), {}, (client) => client.query<Row>(text));

    beforeAll(async () => {
      source = await bench.beginGuest();
      replica = await bench.createGuest();
      await bench.ask(source, 'CREATE TABLE copied (n INT PRIMARY KEY)');
      await admit(source, 'one');
      await replica.begin({ data: { kind: 'replica', source: toSource(source, 'one') } });
    });

    test('a tenant makes functions and triggers all the same, and they follow', async () => {
      await bench.ask(source, 'CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN 2 * n');
      await bench.ask(source, 'CREATE TRIGGER doubled BEFORE INSERT ON copied FOR EACH ROW SET NEW.n = twice(NEW.n)');
      await bench.ask(source, 'INSERT INTO copied VALUES (1)');
      await until(
        () => bench.ask(replica, 'SELECT n FROM copied'),
        (rows) => rows[0]?.n === 2,
      );
    });

    test('what a session less strict than the server made follows, too', async () => {
      const client = await bench.subject.connect(source, tenant);
      try {
        await client.query('SET innodb_strict_mode = OFF');
        await client.query('CREATE TABLE lenient (n INT) ROW_FORMAT = COMPRESSED KEY_BLOCK_SIZE = 3');
        await client.query('INSERT INTO lenient VALUES (1)');
      } finally {
        await client.close();
      }
      await until(
        () => bench.ask(replica, 'SELECT n FROM lenient').catch(() => []),
        (rows) => rows.length === 1,
      );
    });

    test('the copy is given to nobody who does not say the copying password', async () => {
      const { copyPort } = toSource(source, 'one');
      const ask = async (request: object) => {
        const socket = connect({ host: '127.0.0.1', port: copyPort ?? 0, ca: source.tls.caPem });
        let bytes = 0;
        socket.on('error', () => {}).on('data', (chunk: Buffer) => (bytes += chunk.length));
        await once(socket, 'secureConnect');
        socket.write(`${JSON.stringify(request)}\n`);
        await once(socket, 'close');
        return bytes;
      };
      expect(await ask({ user: copying.user, password: 'wrong' })).toBe(0);
      expect(await ask({ user: 'app', password: copying.password })).toBe(0);
      expect(await ask({})).toBe(0);
    });

    test('what it cannot apply stops it and is said; following again it is copied afresh', async () => {
      await withClient(createPlace(replica.identity), {}, async (client) => {
        await client.query('SET SESSION sql_log_bin = OFF');
        await client.query('DROP TABLE app.copied');
      });
      await bench.ask(source, 'INSERT INTO copied VALUES (2)');
      const broken = await until(
        () => look(replica),
        ({ lastError }) => lastError !== null,
      );
      expect(broken).toMatchObject({ replication: { connected: false }, lastError: expect.stringContaining('copied') });
      await replica.engine.replication.follow({ source: toSource(source, 'one') }, context());
      expect(replica.events).toMatchObject([{ code: 'replica-copied-afresh' }]);
      expect((await bench.ask(replica, 'SELECT n FROM copied ORDER BY n')).map(({ n }) => n)).toEqual([2, 4]);
    }, 60_000);

    test('the binary log takes an eighth of the volume at most', async () => {
      const guest = await bench.createGuest();
      await guest.begin({ size: { memoryBytes: 512 * 1024 ** 2, cpus: 1, volumeBytes } });
      await asAdmin(guest, 'CREATE DATABASE app');
      const logs = () => asAdmin<{ File_size: number }>(guest, 'SHOW BINARY LOGS');
      const bytes = async () => (await logs()).reduce((sum, { File_size }) => sum + Number(File_size), 0);
      for (const n of [1, 2, 3]) {
        await asAdmin(guest, `CREATE TABLE app.many${n} AS SELECT seq AS n, MD5(seq) AS text FROM app.seq_1_to_200000`);
        await asAdmin(guest, 'FLUSH BINARY LOGS');
      }
      expect(await bytes()).toBeGreaterThan(volumeBytes / 8);
      await withClient(createPlace(guest.identity), {}, (client) => pruneBinaryLogs(createPlace(guest.identity), client, Date.now()));
      expect(await bytes()).toBeLessThanOrEqual(volumeBytes / 8);
      expect((await logs()).length).toBeGreaterThan(0);
      await guest.engine.lifecycle.stop({}, context());
    });
  });
}
