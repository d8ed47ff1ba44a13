import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { firstProjectId, someVersion } from '../e2e/instances.ts';
import type { Bench } from './figure.ts';
import { connectToOwnDatabase } from './own-database.ts';
import { type SimulatedGuest, simulateFacts } from './simulated-report.ts';

/** Host of what no agent and no database stands behind; no server takes care of another host's guests. */
const host = 'simulated';

/** Writes instances into the control plane's database that only simulated guests will speak for; answers their tokens. */
export async function plantInstances(bench: Pick<Bench, 'product' | 'rest'>, count: number): Promise<SimulatedGuest[]> {
  const projectId = await firstProjectId(bench.rest);
  const version = await someVersion(bench.rest);
  const planted = Array.from({ length: count }, () => ({ instanceId: randomUUID(), token: randomBytes(32).toString('base64url') }));
  const ids = planted.map(({ instanceId }) => instanceId);
  const hashes = planted.map(({ token }) => createHash('sha256').update(token).digest('hex'));
  const database = await connectToOwnDatabase(bench.product);
  try {
    await database.query('begin');
    await database.query(
      `insert into instances (id, "projectId", name, datastore, version, "flavorId", "volumeBytes", host, port, "allowedCidrs", "tokenHash")
       select id::uuid, $2, $5 || '-' || lpad(number::text, 4, '0'), 'postgresql', $3, 'gb.512m', 536870912, $5, 1, '{127.0.0.1/32}', hash
       from unnest($1::text[], $4::text[]) with ordinality as planted(id, hash, number)`,
      [ids, projectId, version, hashes, host],
    );
    await database.query('insert into guests ("instanceId", facts, "seenAt") select unnest($1::uuid[]), $2, now()', [
      ids,
      simulateFacts({ bootId: randomUUID(), bootedAtMs: Date.now() }),
    ]);
    await announce(database, projectId, ids);
    await database.query('commit');
  } finally {
    await database.end();
  }
  await expectListed(bench, count);
  return planted;
}

export async function removePlanted(bench: Pick<Bench, 'product' | 'rest'>): Promise<void> {
  const database = await connectToOwnDatabase(bench.product);
  try {
    await database.query('begin');
    const { rows } = await database.query<{ id: string; projectId: string }>(
      `delete from instances where host = $1 returning id::text, "projectId"`,
      [host],
    );
    const ids = rows.map(({ id }) => id);
    await announce(database, rows[0]?.projectId ?? '', ids);
    await database.query('commit');
  } finally {
    await database.end();
  }
  await expectListed(bench, 0);
}

/** What every commit of the product does, so that no cache of its is older than these rows. */
async function announce(database: pg.Client, projectId: string, ids: readonly string[]): Promise<void> {
  await database.query(
    `with written as (
       insert into changes ("projectId", kind, resource, revision) select $1, 'instance', unnest($2::text[]), 1 returning *)
     select pg_notify('guestboard_changes', json_build_object(
       'projectId', "projectId", 'kind', kind, 'resource', resource, 'revision', revision)::text) from written`,
    [projectId, ids],
  );
}

async function expectListed({ rest }: Pick<Bench, 'rest'>, count: number): Promise<void> {
  const end = Date.now() + 10_000;
  for (;;) {
    const { total } = await rest('listInstances', { query: { text: `${host}-`, limit: 1 } });
    if (total === count) return;
    if (Date.now() > end) throw new Error(`The list has ${total} of ${count} simulated instances.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
