import { type DatastoreName, getDatastore } from '../datastores/index.ts';
import { type Grant, refuseLevels } from '../grants.ts';
import type { Refusal } from './operation.ts';

type Asked = {
  datastore: DatastoreName;
  databases: readonly { name: string }[];
  users: readonly { name: string; databases: readonly Grant[] }[];
  from: { kind: string };
};

/** Whatever would stop the databases and users of a new instance half-way, or let one of two of a name fall, is found before it is made. */
export function refuseFirstAccounts({ datastore, databases, users, from }: Asked): Refusal {
  const { title, names } = getDatastore(datastore);
  for (const { name } of databases) {
    const reason = names.refuseDatabase(name);
    if (reason !== null) return { field: 'databases', reason };
  }
  for (const user of users) {
    const reason = names.refuseUser(user.name) ?? firstOf(user.databases, refuseGrant);
    if (reason !== null) return { field: 'users', reason };
  }
  const twice = findTwice(databases);
  if (twice !== null) return { field: 'databases', reason: `The database ${twice} is named twice. Leave out one of them.` };
  const double = findTwice(users);
  if (double !== null) return { field: 'users', reason: `The user ${double} is named twice. Leave out one of them.` };
  return null;

  function refuseGrant(grant: Grant): string | null {
    if (names.refuseGrant !== undefined) return typeof grant === 'string' ? names.refuseGrant(grant) : refuseLevels(title, [grant]);
    const database = typeof grant === 'string' ? grant : grant.database;
    if (from.kind !== 'empty' || databases.some(({ name }) => name === database)) return null;
    return `A user is given the database ${database}, which is not among those to be made. Add it to them.`;
  }
}

function findTwice(named: readonly { name: string }[]): string | null {
  const seen = new Set<string>();
  return named.find(({ name }) => seen.size === seen.add(name).size)?.name ?? null;
}

function firstOf<T>(items: readonly T[], refuse: (item: T) => string | null): string | null {
  return items.map(refuse).find((sentence) => sentence !== null) ?? null;
}
