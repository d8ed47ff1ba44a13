import { type Account, endConnections, readAccess, saveAccess, tellRules } from './access.ts';
import { type Client, type Seat, withClient } from './connections.ts';
import type { Place } from './place.ts';
import type { Source } from './settings.ts';
import { askSource, connectSource } from './source-link.ts';

/** A replica's tenants are those of its source, to the letter: brought over whenever they differ. Null is a source that does not tell. */
export async function adoptAccounts(place: Place, client: Client, accounts: readonly Account[] | null): Promise<void> {
  if (accounts === null) return;
  const before = await readAccess(place);
  if (JSON.stringify(before.users) === JSON.stringify(accounts)) return;
  await saveAccess(place, { ...before, users: [...accounts] });
  for (const account of accounts) {
    const known = before.users.find(({ name }) => name === account.name);
    if (JSON.stringify(known) === JSON.stringify(account)) continue;
    await tellRules(client, account, before.stopped);
    if (!account.enabled) await endConnections(client, account.name);
  }
  for (const { name } of before.users) if (!accounts.some((account) => account.name === name)) await client.ask('ACL', 'DELUSER', name);
}

/** Asks the source for them now, on a connection of its own. */
export async function bringAccounts(place: Place, seat: Seat, source: Source, signal: AbortSignal): Promise<void> {
  const link = await connectSource(place, source, signal);
  const { accounts } = await askSource(link).finally(() => link.cut());
  await withClient(place, seat, signal, (client) => adoptAccounts(place, client, accounts));
}
