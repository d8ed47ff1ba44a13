import { randomBytes } from 'node:crypto';
import { GuestboardError } from '#contract/errors.ts';
import { DatabaseName, UserName } from '#contract/names.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';
import { parse } from '../read-request.ts';
import { createTell } from '../tell.ts';

type Names =
  | 'listDatabases'
  | 'createDatabase'
  | 'dropDatabase'
  | 'setDatabaseOwner'
  | 'listUsers'
  | 'createUser'
  | 'dropUser'
  | 'setUserPassword'
  | 'setUserGrants'
  | 'getRoot'
  | 'enableRoot'
  | 'disableRoot';

/** The account an enabled root signs in with; it is a role without superuser rights. */
const rootUser = 'root';

export function accountHandlers({ store, guests }: ApiParts): SomeHandlers<Names> {
  const tell = createTell(store);

  function requireDatabase(name: string) {
    return parse(DatabaseName, name, 'name');
  }
  function requireUser(name: string) {
    return parse(UserName, name, 'name');
  }

  /** An engine drops without a word what is not there, or ends a drop that was cut off: neither is told as dropped by somebody. */
  function refuseUnknown(listed: readonly { name: string }[], name: string, what: 'database' | 'user') {
    if (!listed.some((one) => one.name === name))
      throw new GuestboardError('not-found', `There is no ${what} of this name.`, { field: 'name' });
  }

  /** A password for the guest as a reference: the given one, or a generated one. */
  async function sealPassword(instance: Instance, given: string | undefined) {
    const plain = given ?? randomBytes(18).toString('base64url');
    return { secretId: await store.transact((tx) => store.secrets.seal(tx, instance.projectId, plain)), plain };
  }

  /** Generated passwords can be revealed; one that a person chose is theirs alone. */
  async function remember(instance: Instance, user: string, given: string | undefined, secretId: string) {
    await store.transact((tx) =>
      given === undefined
        ? store.instances.keepPassword(tx, instance.id, user, secretId)
        : store.instances.dropPassword(tx, instance.id, user),
    );
  }

  return {
    listDatabases: async ({ addressed }) => {
      const { databases } = await guests.query(addressed.id, 'accounts.listDatabases', {});
      return { items: databases };
    },
    createDatabase: async ({ actor, addressed, body }) => {
      await guests.act(addressed.id, 'accounts.createDatabase', { name: body.name });
      await tell(actor, addressed, 'database-created', `created database ${body.name}`);
      return {};
    },
    dropDatabase: async ({ actor, addressed, path }) => {
      const name = requireDatabase(path.name);
      const { databases } = await guests.query(addressed.id, 'accounts.listDatabases', {});
      await guests.act(addressed.id, 'accounts.dropDatabase', { name });
      refuseUnknown(databases, name, 'database');
      await tell(actor, addressed, 'database-dropped', `dropped database ${name}`);
      return {};
    },
    setDatabaseOwner: async ({ actor, addressed, path, body }) => {
      const database = requireDatabase(path.name);
      await guests.act(addressed.id, 'ownership.setOwner', { database, owner: body.owner });
      await tell(actor, addressed, 'database-owner-changed', `changed the owner of database ${database}`);
      return {};
    },
    listUsers: async ({ addressed }) => {
      const [{ users }, kept] = await Promise.all([
        guests.query(addressed.id, 'accounts.listUsers', {}),
        store.instances.listKeptPasswords(addressed.id),
      ]);
      return { items: users.map((user) => ({ ...user, passwordKept: kept.includes(user.name) })) };
    },
    createUser: async ({ actor, addressed, body }) => {
      const { secretId } = await sealPassword(addressed, body.password);
      await guests.act(addressed.id, 'accounts.createUser', { name: body.name, password: { secretId }, grants: body.grants });
      await remember(addressed, body.name, body.password, secretId);
      await tell(actor, addressed, 'user-created', `created user ${body.name}`);
      return {};
    },
    dropUser: async ({ actor, addressed, path }) => {
      const name = requireUser(path.name);
      const { users } = await guests.query(addressed.id, 'accounts.listUsers', {});
      await guests.act(addressed.id, 'accounts.dropUser', { name });
      await store.transact((tx) => store.instances.dropPassword(tx, addressed.id, name));
      refuseUnknown(users, name, 'user');
      await tell(actor, addressed, 'user-dropped', `dropped user ${name}`);
      return {};
    },
    setUserPassword: async ({ actor, addressed, path, body }) => {
      const name = requireUser(path.name);
      const { secretId } = await sealPassword(addressed, body.password);
      await guests.act(addressed.id, 'accounts.setPassword', { name, password: { secretId } });
      await remember(addressed, name, body.password, secretId);
      await tell(actor, addressed, 'user-password-changed', `changed the password of user ${name}`);
      return {};
    },
    setUserGrants: async ({ actor, addressed, path, body }) => {
      const name = requireUser(path.name);
      await guests.act(addressed.id, 'accounts.setGrants', { name, grants: body.grants });
      await tell(actor, addressed, 'user-grants-changed', `changed what user ${name} may use`);
      return {};
    },
    getRoot: ({ addressed }) => store.rootHistory.read(addressed.id),
    enableRoot: async ({ actor, addressed }) => {
      const { secretId, plain } = await sealPassword(addressed, undefined);
      await guests.act(addressed.id, 'accounts.enableRoot', { password: { secretId } });
      await store.transact((tx) => store.rootHistory.record(tx, addressed, 'enabled', actor.name));
      return { user: rootUser, password: plain };
    },
    disableRoot: async ({ actor, addressed }) => {
      const { enabled } = await store.rootHistory.read(addressed.id);
      if (!enabled) throw new GuestboardError('conflict', 'Root is not enabled.');
      await guests.act(addressed.id, 'accounts.disableRoot', {});
      await store.transact((tx) => store.rootHistory.record(tx, addressed, 'disabled', actor.name));
      return {};
    },
  };
}
