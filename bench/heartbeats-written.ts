import type pg from 'pg';
import { readControlPlaneCpu } from './cpu-time.ts';
import type { Benchmark } from './figure.ts';
import { connectToOwnDatabase } from './own-database.ts';
import { plantInstances, removePlanted } from './plant-instances.ts';
import { simulateGuests } from './simulation.ts';

const guestCount = 1000;

/** Heartbeats of a thousand guests, sent as fast as they are written down, for each CPU second of server and PostgreSQL. */
export const heartbeatsWritten: Benchmark = {
  name: 'heartbeats-written',
  async run(bench) {
    const { product, isQuick, folder, say } = bench;
    const guests = await plantInstances(bench, guestCount);
    const database = await connectToOwnDatabase(product);
    const simulated = await simulateGuests(folder, { url: product.url, guests, pace: { kind: 'as-written', window: 8000 } }, say);
    const before = readControlPlaneCpu(product);
    const began = performance.now();
    const seconds = isQuick ? 10 : 30;
    simulated.begin();
    while (performance.now() - began < seconds * 1000) {
      simulated.written(await countWritten(database));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { sent, last } = await simulated.stop();
    const lost = await waitUntilWritten(database, last, 10_000);
    const took = (performance.now() - began) / 1000;
    const after = readControlPlaneCpu(product);
    await simulated.end();
    await database.end();
    await removePlanted(bench);
    const cpu = { server: after.server - before.server, database: after.database - before.database };
    if (lost > 0) throw new Error(`${lost} of ${guestCount} guests have an older sequence stored than they sent.`);
    return [
      {
        figure: 'heartbeats written down per second per core, none lost',
        unit: 'per CPU second',
        value: Math.round(sent / (cpu.server + cpu.database)),
        median: null,
        p99: null,
        n: sent,
        bar: { atLeast: 10_000 },
        barOf: 'per core',
        peer: "110–145, 2–4 % lost (Trove's conductor)",
        remark: `${Math.round(sent / took)}/s by the clock; CPU ${cpu.server.toFixed(1)} s server + ${cpu.database.toFixed(1)} s PostgreSQL in ${took.toFixed(1)} s`,
      },
    ];
  },
};

async function countWritten(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ written: string }>(
    `select coalesce(sum(sequence), 0) as written from guests join instances on instances.id = guests."instanceId" where host = 'simulated'`,
  );
  return Number(rows[0]?.written);
}

/** How many guests' last number is still not stored when the deadline passes. */
async function waitUntilWritten(database: pg.Client, last: Record<string, number>, deadlineMs: number): Promise<number> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const { rows } = await database.query<{ instanceId: string; sequence: string }>('select "instanceId", sequence from guests');
    const stored = new Map(rows.map((row) => [row.instanceId, Number(row.sequence)]));
    const missing = Object.entries(last).filter(([instanceId, sequence]) => stored.get(instanceId) !== sequence).length;
    if (missing === 0 || performance.now() > end) return missing;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
