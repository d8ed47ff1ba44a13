import { z } from 'zod';
import { GuestboardError } from '#contract/errors.ts';
import { readFileIfThere, writeFile } from '../../write-file.ts';
import type { Client } from './connections.ts';
import { hashPassword } from './password-hash.ts';
import { adminUser, type Place, probeUser } from './place.ts';

export const rootName = 'root';

const Account = z.object({ name: z.string(), hash: z.string(), grants: z.array(z.string()), enabled: z.boolean() });
export type Account = z.infer<typeof Account>;

/** Every account of the tenant, and whether writes are stopped: all that the server's rules are made from. Holds hashes only. */
export const Access = z.object({ stopped: z.boolean(), users: z.array(Account) });
export type Access = z.infer<typeof Access>;

export async function readAccess(place: Place): Promise<Access> {
  const text = await readFileIfThere(place.accountsFile);
  return text === null ? { stopped: false, users: [] } : Access.parse(JSON.parse(text));
}

/** Remembers the accounts and writes the file of rules that the next start reads. */
export async function saveAccess(place: Place, access: Access): Promise<void> {
  await writeFile(place.accountsFile, `${JSON.stringify(access, null, 2)}\n`);
  await writeAclFile(place, access);
}

export async function writeAclFile(place: Place, { stopped, users }: Access): Promise<void> {
  const password = await readFileIfThere(place.adminPasswordFile);
  if (password === null) throw new GuestboardError('engine-unavailable', 'The data folder has not been initialised yet.');
  const hash = hashPassword(password.trim());
  const lines = [
    // Closed to everybody, but with every right: reading its file, the server runs transactions and scripts as this user, and without
    // a right to them it would start without their writes.
    'user default off ~* &* +@all',
    `user ${adminUser} on #${hash} ~* &* +@all`,
    `user ${probeUser} on #${hash} resetkeys resetchannels -@all +ping`,
    ...users.map((account) => `user ${account.name} ${toRules(account, stopped).join(' ')}`),
  ];
  await writeFile(place.aclFile, `${lines.join('\n')}\n`);
}

/** Tells the running server one account's rules, whole; they hold at once, on connections that are open, too. */
export function tellRules(client: Client, account: Account, stopped: boolean): Promise<unknown> {
  return client.ask('ACL', 'SETUSER', account.name, 'reset', ...toRules(account, stopped));
}

/** Ends the connections of one user. */
export function endConnections(client: Client, name: string): Promise<unknown> {
  return client.ask('CLIENT', 'KILL', 'USER', name);
}

/** An account in the server's own words. Later rules win over earlier ones. */
export function toRules({ hash, grants, enabled }: Omit<Account, 'name'>, stopped: boolean): string[] {
  const preset = strongest(grants);
  const keys = grants.filter((grant) => grant.startsWith('~'));
  return [
    enabled ? 'on' : 'off',
    `#${hash}`,
    'resetkeys',
    'resetchannels',
    ...(preset === null ? [] : [...(keys.length > 0 ? keys : ['~*']), '&*']),
    '-@all',
    ...(preset === null ? ['+ping', '+auth', '+hello'] : presetRules[preset]),
    ...(stopped && preset !== null && preset !== 'read-only' ? [...growthStopped, ...(preset === 'administrator' ? emptying : [])] : []),
  ];
}

type Preset = keyof typeof presetRules;

/** Several presets are worth the one that includes the others. */
function strongest(grants: readonly string[]): Preset | null {
  return (['administrator', 'application', 'read-only'] as const).find((preset) => grants.includes(preset)) ?? null;
}

/** Asks about the server or every key: no harm but time. */
const asking = ['+info', '+keys', '+sort_ro'];
const emptying = ['+flushdb', '+flushall'];
/** Nobody's but ours: the host, other accounts, the server's own life, and what holds everybody up. */
const never = ['-@admin', '-@dangerous', '-script|debug', '-memory|purge', '-memory|malloc-stats', '-acl'];
const presetRules = {
  'read-only': [
    ...['+@read', '+@connection', '+@transaction', '+eval_ro', '+evalsha_ro', '+fcall_ro', '+subscribe', '+psubscribe', '+ssubscribe'],
    ...['+unsubscribe', '+punsubscribe', '+sunsubscribe', ...never, ...asking],
  ],
  application: ['+@all', ...never, ...asking, '+sort'],
  administrator: ['+@all', ...never, ...asking, '+sort', '+swapdb', ...emptying, '+slowlog|get', '+slowlog|len', '+lastsave', '+role'],
};

/** While the volume is full: no command that writes, but those that only take away. Scripts may call no more than their caller. */
const growthStopped = [
  '-@write',
  ...['del', 'unlink', 'getdel', 'hdel', 'lpop', 'rpop', 'lmpop', 'blpop', 'brpop', 'blmpop', 'lrem', 'ltrim', 'spop', 'srem'],
  ...['zrem', 'zpopmin', 'zpopmax', 'zmpop', 'bzpopmin', 'bzpopmax', 'bzmpop', 'zremrangebyrank', 'zremrangebyscore', 'zremrangebylex'],
  ...['xdel', 'xtrim', 'xack', 'function|delete', 'function|flush'],
].map((word) => (word.startsWith('-') ? word : `+${word}`));
