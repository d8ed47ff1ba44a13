import { GuestboardError } from '#contract/errors.ts';
import type { Answers } from '#contract/guest/commands.ts';
import { inClear } from '../../secrets-in-clear.ts';
import { type Client, withClient } from './connections.ts';
import { createDatabase, dropDatabase, listDatabases } from './databases.ts';
import { toHosts } from './hosts.ts';
import type { Place } from './place.ts';
import { getSettings } from './settings.ts';
import { createUser, disableRoot, dropUser, enableRoot, listUsers, setGrants, setPassword } from './users.ts';

export function createAccounts(place: Place): Answers<'accounts'> {
  const ask = <T>(signal: AbortSignal, work: (client: Client) => Promise<T>) => withClient(place, { signal }, work);
  const change = async (signal: AbortSignal, work: (client: Client) => Promise<unknown>) => {
    if ((await getSettings(place)).source !== null)
      throw new GuestboardError('refused', 'This is a replica: its databases and users are those of its source. Change them there.');
    await ask(signal, work);
    return {};
  };
  const hosts = async () => toHosts((await getSettings(place)).allowedCidrs);
  return {
    listDatabases: async (_input, { signal }) => ({ databases: await ask(signal, listDatabases) }),
    createDatabase: ({ name }, { signal }) => change(signal, (client) => createDatabase(client, name)),
    dropDatabase: ({ name }, { signal }) => change(signal, (client) => dropDatabase(client, name)),
    listUsers: async (_input, { signal }) => ({ users: await ask(signal, listUsers) }),
    createUser: ({ name, password, grants }, { signal }) =>
      change(signal, async (client) => createUser(client, await hosts(), { name, password: inClear(password), grants })),
    dropUser: ({ name }, { signal }) => change(signal, (client) => dropUser(client, name)),
    setPassword: ({ name, password }, { signal }) => change(signal, (client) => setPassword(client, name, inClear(password))),
    setGrants: ({ name, grants }, { signal }) => change(signal, (client) => setGrants(client, name, grants)),
    enableRoot: ({ password }, { signal }) => change(signal, async (client) => enableRoot(client, await hosts(), inClear(password))),
    disableRoot: (_input, { signal }) => change(signal, disableRoot),
  };
}
