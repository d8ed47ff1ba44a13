import { openAccounts } from './accounts.ts';
import { openBackups } from './backups.ts';
import { openChanges } from './changes.ts';
import { openConfigurationGroups } from './configuration-groups.ts';
import { openDatabase } from './database.ts';
import { openEvents } from './events.ts';
import { openIdempotency } from './idempotency.ts';
import { openInstances } from './instances.ts';
import { openInvitations } from './invitations.ts';
import { readKeyRing } from './key-ring.ts';
import { openMembers } from './members.ts';
import { openProjects } from './projects.ts';
import { openSamples } from './samples.ts';
import { openSecrets } from './secrets.ts';
import { openTokens } from './tokens.ts';

export type Store = ReturnType<typeof createStore>;
export type StoreOptions = { databaseUrl: string; keyFile: string; onFault?: (error: Error) => void };

/** The one door to the database: a noun each, which take and give contract resources; every commit announces itself through `changes`. */
export function createStore({ databaseUrl, keyFile, onFault }: StoreOptions) {
  const keyRing = readKeyRing(keyFile);
  const database = openDatabase(databaseUrl, onFault);
  const changes = openChanges(database);
  const secrets = openSecrets(database, keyRing);
  return {
    /** For `server/identity` (better-auth's adapter) and the other sub-stores; nobody else writes SQL. */
    database,
    transact: database.transact,
    changes,
    secrets,
    /** A secret of the control plane made from the newest key: the same on every replica, never stored. */
    derive: keyRing.derive,
    accounts: openAccounts(database, changes),
    projects: openProjects(database, changes),
    members: openMembers(database, changes),
    invitations: openInvitations(database, changes),
    tokens: openTokens(database, changes),
    idempotency: openIdempotency(database, secrets),
    instances: openInstances(database, changes),
    events: openEvents(database, changes),
    samples: openSamples(database),
    backups: openBackups(database, changes),
    configurationGroups: openConfigurationGroups(database, changes),
    close: () => database.close(),
  };
}
