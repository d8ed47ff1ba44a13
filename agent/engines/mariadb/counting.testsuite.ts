import { expect, test } from 'vitest';
import { type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { withClient } from './connections.ts';
import { createPlace } from './place.ts';
import { createProver } from './prover.ts';

const tables = 1500;

/** What is counted for proofs to compare with. */
export function testCounting(bench: TestBench): void {
  test('of very many tables as many are counted as there is time for, and all are known', async () => {
    const guest = await bench.beginGuest();
    const place = createPlace(guest.identity);
    await withClient(place, {}, async (client) => {
      await client.query('SET SESSION sql_log_bin = 0');
      for (let at = 1; at <= tables; at += 1) await client.query(`CREATE TABLE app.one_${at} AS SELECT ${at} AS n`);
    });
    const count = (budgetMs: number) =>
      createProver(place).count({ mostBytes: 1024 ** 2, eachMs: 2000, budgetMs, listingMs: 20_000 }, AbortSignal.timeout(60_000));
    // The time is for counting: listing them took longer than that, and nothing was known then.
    expect(await count(100)).toMatchObject({ things: tables, unit: 'tables' });
    const all = await count(30_000);
    expect(all.each.filter(({ rows }) => rows === 1)).toHaveLength(tables);
    const holder = await bench.subject.connect(guest, tenant);
    await holder.query('LOCK TABLES one_9 WRITE');
    const others = await count(30_000);
    expect(
      others.each.filter(({ rows }) => rows === null).map(({ name }) => name),
      'who locks one keeps the rest from nothing',
    ).toEqual(['app.one_9']);
    await holder.close();
    const marks = async () => (await count(1)).each.find(({ name }) => name === 'app.one_7')?.mark;
    const before = await marks();
    await bench.ask(guest, 'INSERT INTO one_7 VALUES (8)');
    expect(await marks()).not.toBe(before);
  }, 120_000);
}
