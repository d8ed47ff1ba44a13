import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import { type Client, withClient } from './connections.ts';
import type { Place } from './place.ts';

/** Lets the running server read its files again and waits until it has. Answers whether something waits for a restart; throws with the server's own words about a bad line. */
export async function reload(place: Place): Promise<boolean> {
  const before = await ask<{ at: Date }>(place, 'SELECT pg_conf_load_time() AS at');
  await ask(place, 'SELECT pg_reload_conf()');
  for (let tries = 0; tries < 100; tries += 1) {
    // Each connection is a new process with the postmaster's present view of its files.
    const after = await ask<{ at: Date }>(place, 'SELECT pg_conf_load_time() AS at');
    if (after?.at.getTime() !== before?.at.getTime()) break;
    await sleep(20);
  }
  const fault = await ask<{ name: string | null; error: string }>(
    place,
    "SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL AND error <> 'setting could not be applied' LIMIT 1",
  );
  if (fault !== null)
    throw new GuestboardError('engine-error', 'PostgreSQL refuses its configuration.', { detail: `${fault.name ?? ''} ${fault.error}` });
  const access = await ask<{ error: string }>(place, 'SELECT error FROM pg_hba_file_rules WHERE error IS NOT NULL LIMIT 1');
  if (access !== null) throw new GuestboardError('engine-error', 'PostgreSQL refuses its access rules.', { detail: access.error });
  return withClient(place, {}, isRestartRequired);
}

export async function isRestartRequired(client: Client): Promise<boolean> {
  const { rows } = await client.query('SELECT FROM pg_settings WHERE pending_restart LIMIT 1');
  return rows.length > 0;
}

function ask<Row extends object>(place: Place, text: string): Promise<Row | null> {
  return withClient(place, {}, async (client) => (await client.query<Row>(text)).rows[0] ?? null);
}
