import { redis } from '#contract/datastores/redis.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { User } from '#contract/resources/account.ts';
import { type Access, type Account, endConnections, readAccess, rootName, saveAccess, tellCarrier, tellRules } from './access.ts';
import { assertGrants } from './assert-grants.ts';
import type { Client } from './connections.ts';
import { hashPassword } from './password-hash.ts';
import type { Place } from './place.ts';

export async function listUsers(place: Place): Promise<User[]> {
  const { users } = await readAccess(place);
  return users
    .map(({ name, grants, enabled }) => ({ name, grants, canLogin: enabled, isRoot: name === rootName, connectionLimit: null }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Asked again with the same password it only sets the rights and finishes what was interrupted; another's name is `name-taken`. */
export async function createUser(
  place: Place,
  client: Client,
  { name, password, grants }: { name: string; password: string; grants: readonly string[] },
): Promise<void> {
  assertUserName(name);
  await assertGrants(client, grants);
  const hash = hashPassword(password);
  const access = await readAccess(place);
  const known = find(access, name);
  if (known !== null && known.hash !== hash) throw new GuestboardError('name-taken', 'A user of this name exists.', { field: 'name' });
  await save(place, client, access, { name, hash, grants: [...grants], enabled: true });
}

export async function setPassword(place: Place, client: Client, name: string, password: string): Promise<void> {
  const access = await readAccess(place);
  await save(place, client, access, { ...get(access, name), hash: hashPassword(password) });
}

export async function setGrants(place: Place, client: Client, name: string, grants: readonly string[]): Promise<void> {
  refuseRoot(name);
  await assertGrants(client, grants);
  const access = await readAccess(place);
  await save(place, client, access, { ...get(access, name), grants: [...grants] });
}

/** Gone already is fine. */
export async function dropUser(place: Place, client: Client, name: string): Promise<void> {
  refuseRoot(name);
  // Whoever is no tenant's is not touched, whatever it is called.
  if (redis.names.refuseUser(name) !== null) return;
  const access = await readAccess(place);
  const changed = { ...access, users: access.users.filter((account) => account.name !== name) };
  await saveAccess(place, changed);
  await client.ask('ACL', 'DELUSER', name);
  await tellCarrier(client, changed);
}

/** The tenant's administrator: every key in every database, and nothing that belongs to the server or its host. */
export async function enableRoot(place: Place, client: Client, password: string): Promise<void> {
  const access = await readAccess(place);
  await save(place, client, access, { name: rootName, hash: hashPassword(password), grants: ['administrator'], enabled: true });
}

export async function disableRoot(place: Place, client: Client): Promise<void> {
  const access = await readAccess(place);
  const known = find(access, rootName);
  if (known === null) return;
  await save(place, client, access, { ...known, enabled: false });
  await endConnections(client, rootName);
}

async function save(place: Place, client: Client, access: Access, account: Account): Promise<void> {
  const others = access.users.filter(({ name }) => name !== account.name);
  const changed = { ...access, users: [...others, account] };
  await saveAccess(place, changed);
  await tellRules(client, account, access.stopped);
  await tellCarrier(client, changed);
}

function find({ users }: Access, name: string): Account | null {
  return users.find((account) => account.name === name) ?? null;
}

function get(access: Access, name: string): Account {
  const account = find(access, name);
  if (account === null) throw new GuestboardError('not-found', 'The user does not exist.', { field: 'name' });
  return account;
}

/** The engine's file of rules knows no quoting: what would be read as another word or line is no name. */
function assertUserName(name: string): void {
  const reason = redis.names.refuseUser(name);
  if (reason !== null) throw new GuestboardError('invalid-input', reason, { field: 'name' });
}

function refuseRoot(name: string): void {
  if (name === rootName)
    throw new GuestboardError('invalid-input', 'root is enabled and disabled by itself, not as a user.', { field: 'name' });
}
