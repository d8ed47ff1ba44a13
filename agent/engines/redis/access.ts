import { stat } from 'node:fs/promises';
import * as z from 'zod';
import { GuestboardError } from '#contract/errors.ts';
import { readFileIfThere, writeFile } from '../../write-file.ts';
import type { Client, Reply } from './connections.ts';
import { hashPassword } from './password-hash.ts';
import { adminUser, carrierUser, type Place, probeUser } from './place.ts';
import { toRules } from './rules.ts';

export const rootName = 'root';

const Account = z.object({ name: z.string(), hash: z.string(), grants: z.array(z.string()), enabled: z.boolean() });
export type Account = z.infer<typeof Account>;

const Copying = z.object({ user: z.string(), hash: z.string(), cidr: z.string(), slot: z.string() });
/**
 * Every account of the tenant, who may copy, and whether writes are stopped: all that the server's rules are made from. Holds hashes only.
 */
export const Access = z.object({ stopped: z.boolean(), users: z.array(Account), replicas: z.array(Copying).default([]) });
export type Access = z.infer<typeof Access>;

export async function readAccess(place: Place): Promise<Access> {
  const text = await readFileIfThere(place.accountsFile);
  return text === null ? { stopped: false, users: [], replicas: [] } : Access.parse(JSON.parse(text));
}

/** Remembers the accounts and writes the file of rules that the next start reads. */
export async function saveAccess(place: Place, access: Access): Promise<void> {
  const text = `${JSON.stringify(access, null, 2)}\n`;
  await writeFile(place.accountsFile, text);
  followed.get(place)?.push({ text, sinceMs: (await stat(place.accountsFile)).mtimeMs });
  await writeAclFile(place, access);
}

type SavedAccess = { text: string; sinceMs: number };
const followed = new WeakMap<Place, SavedAccess[]>();

/** Answers a question for what was saved since it was asked last; at first, for what is. One follower at a time: the newest. */
export async function followAccess(place: Place): Promise<() => SavedAccess[]> {
  const saved: SavedAccess[] = [];
  const text = await readFileIfThere(place.accountsFile);
  if (text !== null) saved.push({ text, sinceMs: (await stat(place.accountsFile)).mtimeMs });
  followed.set(place, saved);
  return () => saved.splice(0);
}

/** Before every start: the server does not start on a file that is damaged, or that an earlier agent wrote with rules this version refuses. */
export async function renewAclFile(place: Place): Promise<void> {
  if ((await readFileIfThere(place.accountsFile)) !== null) await writeAclFile(place, await readAccess(place));
}

async function writeAclFile(place: Place, access: Access): Promise<void> {
  const { stopped, users, replicas } = access;
  const password = await readFileIfThere(place.adminPasswordFile);
  if (password === null) throw new GuestboardError('engine-unavailable', 'The data folder has not been initialised yet.');
  const hash = hashPassword(password.trim());
  const lines = [
    // Closed to everybody, but with every right: reading its file, the server runs transactions and scripts as this user, and without
    // a right to them it would start without their writes.
    'user default off ~* &* +@all',
    `user ${adminUser} on #${hash} ~* &* +@all`,
    `user ${probeUser} on #${hash} resetkeys resetchannels -@all +ping`,
    ...replicas.map(({ user, hash }) => `user ${user} ${copyingRules(hash).join(' ')}`),
    ...(replicas.length === 0 ? [] : [`user ${carrierUser} ${carrierRules(access).join(' ')}`]),
    ...users.map((account) => `user ${account.name} ${toRules(account, stopped).join(' ')}`),
  ];
  await writeFile(place.aclFile, `${lines.join('\n')}\n`);
}

/** Tells the running server one account's rules, whole; they hold at once, on connections that are open, too. */
export function tellRules(client: Client, account: Account, stopped: boolean): Promise<unknown> {
  return client.ask('ACL', 'SETUSER', account.name, 'reset', ...toRules(account, stopped));
}

/** What a replica's account may: copy everything, ask how far it is, and read the accounts it must have, too. */
export function copyingRules(hash: string): string[] {
  return ['on', `#${hash}`, 'resetkeys', 'resetchannels', '-@all', '+psync', '+replconf', '+ping', '+role', '+acl|getuser'];
}

/** Tells the running server what replicas are to read of the accounts: after every change of these. */
export async function tellCarrier(client: Client, access: Access): Promise<void> {
  if (access.replicas.length > 0) await client.ask('ACL', 'SETUSER', carrierUser, 'reset', ...carrierRules(access));
}

/** Closed and without a right: only those who may ask for accounts see what it carries, and no tenant may. */
function carrierRules({ users }: Access): string[] {
  return ['off', 'resetkeys', 'resetchannels', '-@all', `~${Buffer.from(JSON.stringify(users)).toString('base64')}`];
}

/** The tenants' accounts out of what the source answers about its carrier; null when it carries none. */
export function readCarried(answer: Reply): Account[] | null {
  const words = Array.isArray(answer) ? answer : [];
  const keys = words[words.indexOf('keys') + 1];
  const carried = typeof keys === 'string' ? /^~(\S+)$/.exec(keys)?.[1] : undefined;
  return carried === undefined ? null : z.array(Account).parse(JSON.parse(Buffer.from(carried, 'base64').toString('utf8')));
}

/** Ends the connections of one user. */
export function endConnections(client: Client, name: string): Promise<unknown> {
  return client.ask('CLIENT', 'KILL', 'USER', name);
}
