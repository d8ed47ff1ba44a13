import { alignAccounts } from './access.ts';
import { type Client, withClient } from './connections.ts';
import { toHosts } from './hosts.ts';
import { adminUser, oursPattern, type Place, probeUser, stoppedUser } from './place.ts';
import { getSettings } from './settings.ts';
import { quoteAccount } from './sql.ts';

/** What every guest's server has before a tenant meets it: our accounts and no other, and tenants' accounts at the networks allowed now. */
export async function layFoundation(place: Place, signal: AbortSignal): Promise<void> {
  const { allowedCidrs, source, fenced, replicas } = await getSettings(place);
  await withClient(place, { signal }, async (client) => {
    // Ours are every guest's own: no replica hears of them.
    await client.query('SET SESSION sql_log_bin = OFF');
    await removeInstalled(client);
    await removeCopied(
      client,
      replicas.map(({ user }) => user),
    );
    await client.query(`CREATE USER IF NOT EXISTS ${quoteAccount({ user: probeUser, host: 'localhost' })} WITH MAX_USER_CONNECTIONS 4`);
    await client.query('SET SESSION sql_log_bin = ON');
    // A replica's tenants are those of its source.
    if (source === null && !fenced) await alignAccounts(client, toHosts(allowedCidrs));
  });
}

/** With its data a copy brings the accounts of those that copied from where it comes from. */
async function removeCopied(client: Client, admitted: readonly string[]): Promise<void> {
  const rows = await client.query<{ user: string; host: string }>(
    `SELECT User AS user, Host AS host FROM ${client.dialect.accounts.table} WHERE Host <> 'localhost' AND User LIKE '${oursPattern}'`,
  );
  for (const account of rows) if (!admitted.includes(account.user)) await client.query(`DROP USER ${quoteAccount(account)}`);
}

/** The installer makes accounts of its own; only the locked ones that its views are made for stay. */
async function removeInstalled(client: Client): Promise<void> {
  const { table, serversOwn } = client.dialect.accounts;
  const known = [adminUser(), probeUser, stoppedUser, ...serversOwn];
  const rows = await client.query<{ user: string; host: string }>(
    `SELECT User AS user, Host AS host FROM ${table} WHERE (Host = 'localhost' OR User = '') AND Host <> ''`,
  );
  await client.query('DELETE FROM mysql.proxies_priv');
  for (const account of rows) if (!known.includes(account.user)) await client.query(`DROP USER ${quoteAccount(account)}`);
}
