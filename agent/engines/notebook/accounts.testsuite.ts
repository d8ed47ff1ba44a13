import { randomBytes, scryptSync } from 'node:crypto';
import { notebook } from '#contract/datastores/notebook.testsuite.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { Answers } from '#contract/guest/commands.ts';
import { inClear } from '../../secrets-in-clear.ts';
import { readFileIfThere, writeFile } from '../../write-file.ts';
import type { Place } from './place.testsuite.ts';
import { ask } from './server.testsuite.ts';

type User = { name: string; salt: string; hash: string; grants: string[]; enabled: boolean };
type Access = { stopped: boolean; users: User[] };

export async function readAccess(place: Place): Promise<Access> {
  const text = await readFileIfThere(place.accountsFile);
  return text === null ? { stopped: false, users: [] } : (JSON.parse(text) as Access);
}

export async function saveAccess(place: Place, access: Access): Promise<void> {
  await writeFile(place.accountsFile, JSON.stringify(access));
}

export function createAccounts(place: Place): Answers<'accounts'> {
  const save = async (user: User) => {
    const access = await readAccess(place);
    await saveAccess(place, { ...access, users: [...access.users.filter(({ name }) => name !== user.name), user] });
    await ask(place, 'reload');
    return {};
  };
  const find = async (name: string) => (await readAccess(place)).users.find((user) => user.name === name);
  const get = async (name: string) => {
    const user = await find(name);
    if (user === undefined) throw new GuestboardError('not-found', 'The user does not exist.', { field: 'name' });
    return user;
  };
  const numbered = async () => {
    throw new GuestboardError('not-implemented', notebook.names.refuseDatabase());
  };
  return {
    listDatabases: async () => ({ databases: [{ name: '0', owner: '', encoding: 'UTF8', collation: '', sizeBytes: 0 }] }),
    createDatabase: numbered,
    dropDatabase: numbered,
    listUsers: async () => ({
      users: (await readAccess(place)).users.map(({ name, grants, enabled }) => ({
        ...{ name, grants, canLogin: enabled },
        ...{ isRoot: name === 'root', connectionLimit: null },
      })),
    }),
    createUser: async ({ name, password, grants }) => {
      const reason = notebook.names.refuseUser(name);
      if (reason !== null) throw new GuestboardError('invalid-input', reason, { field: 'name' });
      const [known, clear] = [await find(name), inClear(password)];
      if (known !== undefined && known.hash !== hash(clear, known.salt))
        throw new GuestboardError('name-taken', 'A user of this name exists.', { field: 'name' });
      return save({ ...toUser(name, clear), grants: grants.map(String) });
    },
    dropUser: async ({ name }) => {
      const access = await readAccess(place);
      await saveAccess(place, { ...access, users: access.users.filter((user) => user.name !== name) });
      await ask(place, 'reload');
      return {};
    },
    setPassword: async ({ name, password }) => save({ ...(await get(name)), ...toUser(name, inClear(password)) }),
    setGrants: async ({ name, grants }) => save({ ...(await get(name)), grants: grants.map(String) }),
    enableRoot: ({ password }) => save({ ...toUser('root', inClear(password)), grants: ['author'] }),
    disableRoot: async () => save({ ...(await get('root')), enabled: false }),
  };
}

function toUser(name: string, password: string): Omit<User, 'grants'> {
  const salt = randomBytes(16).toString('hex');
  return { name, salt, hash: hash(password, salt), enabled: true };
}

function hash(password: string, salt: string): string {
  return scryptSync(password, salt, 32, { N: 1024 }).toString('hex');
}
