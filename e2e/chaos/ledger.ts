import type pg from 'pg';
import type { Instance } from '#contract/resources/instance.ts';
import { connect, type Login } from '../database-client.ts';

export type Ledger = {
  /** Numbers the database said it had committed. */
  acknowledged: number[];
  stop(): Promise<void>;
};

/** A client that writes one number after another and connects again whenever it is cut off: what it was told is committed must be there at the end. */
export async function keepLedger(instance: Instance, caPem: string, login: Login): Promise<Ledger> {
  const acknowledged: number[] = [];
  const first = await connect(instance, caPem, login);
  await first.query('create table ledger (number integer primary key)');
  let goesOn = true;
  const done = write();
  return {
    acknowledged,
    stop: async () => {
      goesOn = false;
      await done;
    },
  };

  async function write() {
    let client: pg.Client | null = first;
    for (let number = 1; goesOn; number += 1) {
      try {
        client ??= await connect(instance, caPem, login);
        await client.query('insert into ledger values ($1)', [number]);
        acknowledged.push(number);
      } catch {
        await client?.end().catch(() => {});
        client = null;
      }
      await new Promise((resolve) => setTimeout(resolve, client === null ? 100 : 10));
    }
    await client?.end();
  }
}
