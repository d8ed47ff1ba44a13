import { expect, test } from 'vitest';
import type { TestBench } from '../../engine-bench.testsuite.ts';
import { withClient } from './connections.ts';
import { createPlace } from './place.ts';
import { createProver } from './prover.ts';

/** What is counted for proofs to compare with. */
export function testCounting(bench: TestBench): void {
  test('of very many databases as many are counted as there is time for, and what was counted is kept', async () => {
    const place = createPlace((await bench.beginGuest()).identity);
    const ask = (text: string, database = 'postgres') => withClient(place, { database }, (client) => client.query(text));
    for (const name of ['many_a', 'many_b', 'many_c']) {
      await ask(`CREATE DATABASE ${name}`);
      await ask('CREATE TABLE public.one AS SELECT 1 AS n; CREATE TABLE public.two AS SELECT 2 AS n', name);
    }
    const count = (budgetMs: number, listingMs: number) =>
      createProver(place).count({ mostBytes: 1024 ** 2, eachMs: 500, budgetMs, listingMs }, AbortSignal.timeout(60_000));
    const rowsOf = async (...limits: [number, number]) => (await count(...limits)).each.map(({ rows }) => rows);
    expect(await rowsOf(20_000, 20_000)).toEqual([1, 1, 1, 1, 1, 1]);
    expect((await rowsOf(1, 20_000)).length, 'all are known').toBe(6);
    expect((await rowsOf(1, 1)).length, 'as far as there was time').toBeLessThan(6);
    // Whoever locks a table keeps the others from nothing.
    await withClient(place, { database: 'many_b' }, async (client) => {
      await client.query('BEGIN; LOCK TABLE public.one IN ACCESS EXCLUSIVE MODE');
      expect(await rowsOf(20_000, 20_000)).toEqual([1, 1, null, 1, 1, 1]);
      await client.query('ROLLBACK');
    });
  }, 60_000);
}
