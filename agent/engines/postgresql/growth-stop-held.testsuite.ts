import { expect, test } from 'vitest';
import { type TenantClient, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context } from '../../guest.testsuite.ts';

/** Ways to keep the stop from taking hold rather than to write in spite of it. */
export function testHeldGrowthStop(bench: TestBench): void {
  const grow = 'INSERT INTO items VALUES (1)';

  test('who comes back at once and holds what is to be withdrawn, or the own account, does not keep writes going', async () => {
    const guest = await bench.beginGuest();
    await bench.ask(guest, "DO $$ BEGIN FOR n IN 1..200 LOOP EXECUTE format('CREATE TABLE small_%s (n int)', n); END LOOP; END $$");
    await bench.ask(guest, 'CREATE TABLE items (n int)');
    let isOver = false;
    const cling = async (held: string) => {
      while (!isOver) {
        const client = await bench.subject.connect(guest, tenant).catch(() => null);
        if (client === null) continue;
        try {
          await client.query('BEGIN');
          await client.query(held);
          while (!isOver) await client.query('SELECT pg_sleep(0.02)');
        } catch {
          // Ended: it comes back.
        }
        await client.close().catch(() => {});
      }
    };
    const clinging = [
      'TRUNCATE small_7',
      'TRUNCATE small_150',
      'DROP TABLE small_200',
      `SET ROLE NONE; ALTER ROLE app PASSWORD '${tenant.password}'`,
    ].map(cling);
    try {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await guest.engine.setWritable(false);
      await expect(bench.ask(guest, grow)).rejects.toThrow(/permission denied/);
    } finally {
      isOver = true;
      await Promise.all(clinging);
    }
    await guest.engine.setWritable(true);
    await bench.ask(guest, grow);
  }, 60_000);

  test('a database that its owner has closed is stopped like any other, and closed again', async () => {
    const guest = await bench.beginGuest();
    await guest.engine.accounts.createDatabase({ name: 'spare' }, context());
    await guest.engine.accounts.setGrants({ name: tenant.user, grants: ['app', 'spare'] }, context());
    const spare = { ...tenant, database: 'spare' };
    await bench.ask(guest, 'CREATE TABLE items (n int)', spare);
    const owner = await ownerOf(guest, 'spare');
    const shut = async (isShut: boolean) => {
      const client: TenantClient = await bench.subject.connect(guest, tenant);
      await client.query(`SET ROLE ${owner}`);
      await client.query(`ALTER DATABASE spare ALLOW_CONNECTIONS ${!isShut}`);
      await client.close();
    };
    await shut(true);
    await guest.engine.setWritable(false);
    await expect(bench.ask(guest, 'SELECT 1', spare)).rejects.toThrow(/not currently accepting/);
    await shut(false);
    await expect(bench.ask(guest, grow, spare)).rejects.toThrow(/permission denied/);
    await shut(true);
    await guest.engine.setWritable(true);
    await expect(bench.ask(guest, 'SELECT 1', spare)).rejects.toThrow(/not currently accepting/);
    await shut(false);
    await bench.ask(guest, grow, spare);
  }, 60_000);

  test('what an owner builds anew without a right to write closes the logins once it overfills the volume; deleting does not', async () => {
    const guest = await bench.beginGuest();
    await bench.ask(guest, 'CREATE TABLE items (n int PRIMARY KEY)');
    await bench.ask(guest, 'INSERT INTO items SELECT generate_series(1, 300000)');
    await guest.engine.setWritable(false);
    await bench.ask(guest, 'DELETE FROM items WHERE n > 200000');
    await guest.engine.setWritable(false, true);
    const open = await bench.subject.connect(guest, tenant);
    if (Number.parseInt(bench.subject.version, 10) >= 17) {
      await expect(open.query('REINDEX TABLE items')).rejects.toThrow(/REINDEX is refused/);
      await open.close();
      return;
    }
    await open.query('BEGIN');
    for (const _turn of [1, 2, 3]) await open.query('REINDEX TABLE items');
    await guest.engine.setWritable(false);
    await open.query('SELECT 1');
    await guest.engine.setWritable(false, true);
    await expect(open.query('SELECT 1')).rejects.toThrow();
    await open.close();
    await expect(bench.ask(guest, 'SELECT 1')).rejects.toThrow(/too many connections for role/);
    expect(guest.events.map(({ code }) => code)).toContain('volume-logins-closed');
    await guest.engine.setWritable(true);
    expect(await bench.ask(guest, 'SELECT count(*)::int AS n FROM items')).toEqual([{ n: 200_000 }]);
  }, 60_000);

  const ownerOf = async (guest: Parameters<TestBench['ask']>[0], database: string) =>
    String((await bench.ask(guest, `SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = '${database}'`))[0]?.owner);
}
