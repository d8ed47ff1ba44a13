import { redis } from '#contract/datastores/redis.ts';
import { GuestboardError } from '#contract/errors.ts';
import { type Client, type Reply, toEngineError } from './connections.ts';
import { isException } from './guarded-commands.ts';
import { toRules } from './rules.ts';

/** May do nothing, and is gone again: the server itself says whether it takes the rules, before anything is changed. */
const trialUser = 'guestboard_trial';

/** Refuses what no tenant may have and what this server does not know, naming the rule. */
export async function assertGrants(client: Client, grants: readonly string[]): Promise<void> {
  for (const grant of grants) {
    const reason = redis.names.refuseGrant(grant);
    if (reason !== null) throw refuse(reason);
  }
  for (const grant of grants) if (/^[+-][^@]/.test(grant)) await assertCommand(client, grant);
  if (grants.some((grant) => /^[+%&-]/.test(grant))) await tryRules(client, grants);
}

async function assertCommand(client: Client, rule: string): Promise<void> {
  const command = rule.slice(1).toLowerCase();
  const [described] = (await client.ask('COMMAND', 'INFO', command)) as Reply[];
  if (!Array.isArray(described)) throw refuse(`The rule ${rule} names no command that this server has.`);
  if (rule.startsWith('+') && !isException(command) && isGuarded(command, described))
    throw refuse(`The rule ${rule} gives a command that belongs to the server, its host or other accounts. No user may have it.`);
}

/** The seventh of what the server tells of a command are its kinds, the tenth the commands within it. */
function isGuarded(command: string, described: readonly Reply[]): boolean {
  if (['script|debug', 'memory|purge', 'memory|malloc-stats'].includes(command)) return true;
  const within = described[9];
  if (Array.isArray(within) && within.length > 0)
    return within.every((inner) => Array.isArray(inner) && (String(inner[0]).endsWith('|help') || isGuarded(String(inner[0]), inner)));
  const kinds = described[6];
  return Array.isArray(kinds) && (kinds.includes('@admin') || kinds.includes('@dangerous'));
}

async function tryRules(client: Client, grants: readonly string[]): Promise<void> {
  const rules = [false, true].flatMap((stopped) => ['reset', ...toRules({ hash: 'f'.repeat(64), grants, enabled: false }, stopped)]);
  try {
    await client.ask('ACL', 'SETUSER', trialUser, ...rules, 'off');
  } catch (error) {
    const { detail } = toEngineError(error);
    const rule = /modifier '([^']*)'/.exec(detail ?? '')?.[1];
    throw refuse(`Redis does not take the rule${rule === undefined ? 's' : ` ${rule}`}.`, detail);
  } finally {
    await client.ask('ACL', 'DELUSER', trialUser).catch(() => {});
  }
}

function refuse(sentence: string, detail?: string): GuestboardError {
  return new GuestboardError('invalid-input', sentence, { field: 'grants', ...(detail === undefined ? {} : { detail }) });
}
