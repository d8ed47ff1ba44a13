import { type Client, withClient } from './connections.ts';
import { type Place, probeRole } from './place.ts';

/** What every guest's cluster has before a tenant meets it. Looks first; nothing to do on a replica, which copies it. */
export async function layFoundation(place: Place, signal: AbortSignal): Promise<void> {
  await withClient(place, { signal }, async (client) => {
    const { rows } = await client.query<{ recovering: boolean; there: boolean }>(
      'SELECT pg_is_in_recovery() AS recovering, EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS there',
      [probeRole],
    );
    if (rows[0]?.recovering || rows[0]?.there) return;
    await closeDatabase(client, 'postgres');
    await closeDatabase(client, 'template1');
    await client.query(`CREATE ROLE ${probeRole} LOGIN CONNECTION LIMIT 4`);
    await client.query(`GRANT CONNECT ON DATABASE postgres TO ${probeRole}`);
  });
}

function closeDatabase(client: Client, name: string) {
  return client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
}
