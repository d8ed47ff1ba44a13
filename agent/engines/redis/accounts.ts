import { GuestboardError } from '#contract/errors.ts';
import { type Grant, refuseLevels } from '#contract/grants.ts';
import type { Answers } from '#contract/guest/commands.ts';
import { inClear } from '../../secrets-in-clear.ts';
import { type Client, type Seat, withClient } from './connections.ts';
import { listDatabases } from './databases.ts';
import type { Place } from './place.ts';
import { getSettings } from './settings.ts';
import { createUser, disableRoot, dropUser, enableRoot, listUsers, setGrants, setPassword } from './users.ts';

export function createAccounts(place: Place, seat: Seat): Answers<'accounts'> {
  const change = async (signal: AbortSignal, work: (client: Client) => Promise<unknown>) => {
    await withClient(place, seat, signal, async (client) => {
      // Nothing is remembered that a server which does not answer would not learn.
      await client.ask('PING');
      if ((await getSettings(place)).source !== null)
        throw new GuestboardError(
          'refused',
          'This is a replica: its users are those of its source. Change them there; they follow within seconds.',
        );
      await work(client);
    });
    return {};
  };
  const numbered = async () => {
    throw new GuestboardError('not-implemented', 'The databases of Redis are numbered and always there: none is made or dropped.');
  };
  return {
    listDatabases: async (_input, { signal }) => ({ databases: await withClient(place, seat, signal, listDatabases) }),
    createDatabase: numbered,
    dropDatabase: numbered,
    listUsers: async () => ({ users: await listUsers(place) }),
    createUser: ({ name, password, grants }, { signal }) =>
      change(signal, (client) => createUser(place, client, { name, password: inClear(password), grants: toPresets(grants) })),
    dropUser: ({ name }, { signal }) => change(signal, (client) => dropUser(place, client, name)),
    setPassword: ({ name, password }, { signal }) => change(signal, (client) => setPassword(place, client, name, inClear(password))),
    setGrants: ({ name, grants }, { signal }) => change(signal, (client) => setGrants(place, client, name, toPresets(grants))),
    enableRoot: ({ password }, { signal }) => change(signal, (client) => enableRoot(place, client, inClear(password))),
    disableRoot: (_input, { signal }) => change(signal, (client) => disableRoot(place, client)),
  };
}

function toPresets(grants: readonly Grant[]): string[] {
  const reason = refuseLevels('Redis', grants);
  if (reason !== null) throw new GuestboardError('invalid-input', reason, { field: 'grants' });
  return grants.filter((grant) => typeof grant === 'string');
}
