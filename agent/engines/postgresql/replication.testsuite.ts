import { beforeAll, describe, expect, test } from 'vitest';
import type { TestBench } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { admit, toSource } from '../../replicated-guest.testsuite.ts';

/** A standby of PostgreSQL must take as many connections as its source did. */
export function testReplication(bench: TestBench): void {
  describe('postgresql: replication and the number of connections', () => {
    let first: TestGuest;
    let second: TestGuest;
    const count = async (guest: TestGuest) => (await bench.ask(guest, 'SELECT count(*)::int AS n FROM rows'))[0]?.n;

    beforeAll(async () => {
      first = await bench.beginGuest();
      second = await bench.createGuest();
      await bench.ask(first, 'CREATE TABLE rows AS SELECT generate_series(1, 1000) AS n');
      await first.engine.configuration.apply({ parameters: { max_connections: 70 } }, context());
      await first.engine.lifecycle.stop({}, context());
      await first.engine.lifecycle.start({}, context());
      await admit(first, 'second');
      await second.begin({ data: { kind: 'replica', source: toSource(first, 'second') } });
    });

    test('a source whose parameter waits for a restart with fewer connections can be fenced and released all the same', async () => {
      const connections = async () => Number((await bench.ask(first, 'SHOW max_connections'))[0]?.max_connections);
      await first.engine.configuration.apply({ parameters: { max_connections: 40 } }, context());
      expect(await connections()).toBe(70);
      await first.engine.replication.fence({}, context());
      expect(await connections()).toBe(70);
      await expect(bench.ask(first, 'SET transaction_read_only = off; INSERT INTO rows VALUES (0)')).rejects.toThrow(/recovery|read-only/);
      await first.engine.replication.unfence({}, context());
      expect(await connections()).toBe(40);
      await bench.ask(first, 'INSERT INTO rows VALUES (1001)');
      await until(
        () => count(second),
        (rows) => rows === 1001,
      );
    });

    test('a replica whose source has come to take more connections starts again', async () => {
      await first.engine.configuration.apply({ parameters: { max_connections: 150 } }, context());
      await first.engine.lifecycle.stop({}, context());
      await first.engine.lifecycle.start({}, context());
      await bench.ask(first, 'INSERT INTO rows VALUES (1002)');
      await until(
        async () => {
          await second.engine.lifecycle.stop({}, context());
          await second.engine.lifecycle.start({}, context());
          return count(second);
        },
        (rows) => rows === 1002,
      );
    });
  });
}
