import type { Answers } from '#contract/guest/commands.ts';
import { inClear } from '../../secrets-in-clear.ts';
import { type Client, withClient } from './connections.ts';
import { createDatabase, dropDatabase, listDatabases } from './databases.ts';
import type { Place } from './place.ts';
import { createUser, disableRoot, dropUser, enableRoot, listUsers, setGrants, setPassword } from './users.ts';

export function createAccounts(place: Place): Answers<'accounts'> {
  const ask = <T>(signal: AbortSignal, work: (client: Client) => Promise<T>) => withClient(place, { signal }, work);
  const change = async (signal: AbortSignal, work: (client: Client) => Promise<unknown>) => {
    await ask(signal, work);
    return {};
  };
  return {
    listDatabases: async (_input, { signal }) => ({ databases: await ask(signal, listDatabases) }),
    createDatabase: ({ name }, { signal }) => change(signal, (client) => createDatabase(client, name)),
    dropDatabase: ({ name }, { signal }) => change(signal, (client) => dropDatabase(client, name)),
    listUsers: async (_input, { signal }) => ({ users: await ask(signal, listUsers) }),
    createUser: ({ name, password, grants }, { signal }) =>
      change(signal, (client) => createUser(place, client, { name, password: inClear(password), grants })),
    dropUser: ({ name }, { signal }) => change(signal, (client) => dropUser(place, client, name)),
    setPassword: ({ name, password }, { signal }) => change(signal, (client) => setPassword(client, name, inClear(password))),
    setGrants: ({ name, grants }, { signal }) => change(signal, (client) => setGrants(place, client, name, grants)),
    enableRoot: ({ password }, { signal }) => change(signal, (client) => enableRoot(place, client, inClear(password))),
    disableRoot: (_input, { signal }) => change(signal, disableRoot),
  };
}
