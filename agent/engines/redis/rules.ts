import { asking, guarded, overseeing, readd } from './guarded-commands.ts';

type Ruled = { hash: string; grants: readonly string[]; enabled: boolean };

/**
 * An account in the server's own words, of which later ones win over earlier ones: the preset's, then the tenant's own in their order, and
 * last what no tenant has, whatever these said.
 */
export function toRules({ hash, grants, enabled }: Ruled, stopped: boolean): string[] {
  const preset = strongest(grants);
  const own = grants.filter((grant) => /^[+-]/.test(grant)).map((grant) => grant.toLowerCase());
  const keys = grants.filter((grant) => /^[~%]/.test(grant));
  const channels = grants.filter((grant) => grant.startsWith('&'));
  return [
    enabled ? 'on' : 'off',
    `#${hash}`,
    'resetkeys',
    'resetchannels',
    ...(preset === null || keys.length > 0 ? alone(keys, /^(~|%RW~|%WR~)\*$/i, '~*') : ['~*']),
    ...(preset === null || channels.length > 0 ? alone(channels, /^&\*$/, '&*') : ['&*']),
    '-@all',
    ...(preset === null ? ['+ping', '+auth', '+hello'] : presetRules[preset]),
    ...(stopped && grows(preset) ? stop(preset) : []),
    ...(own.length === 0 ? [] : [...(stopped ? replayStopped(preset, own) : own), ...guarded, ...readd(preset, own, stopped)]),
  ];
}

/** After the pattern of everything the server takes no other, and does not start on a file that has one. */
function alone(patterns: readonly string[], all: RegExp, everything: string): readonly string[] {
  return patterns.some((pattern) => all.test(pattern)) ? [everything] : patterns;
}

type Preset = keyof typeof presetRules;

/** Several presets are worth the one that includes the others. */
function strongest(grants: readonly string[]): Preset | null {
  return (['administrator', 'application', 'read-only'] as const).find((preset) => grants.includes(preset)) ?? null;
}

const presetRules = {
  'read-only': [
    ...['+@read', '+@connection', '+@transaction', '+eval_ro', '+evalsha_ro', '+fcall_ro', '+subscribe', '+psubscribe', '+ssubscribe'],
    ...['+unsubscribe', '+punsubscribe', '+sunsubscribe', ...guarded, ...asking],
  ],
  application: ['+@all', ...guarded, ...asking, '+sort'],
  administrator: ['+@all', ...guarded, ...asking, '+sort', '+swapdb', ...overseeing],
};

function grows(preset: Preset | null): boolean {
  return preset === 'application' || preset === 'administrator';
}

const takingAway = [
  ...['del', 'unlink', 'getdel', 'hdel', 'lpop', 'rpop', 'lmpop', 'blpop', 'brpop', 'blmpop', 'lrem', 'ltrim', 'spop', 'srem'],
  ...['zrem', 'zpopmin', 'zpopmax', 'zmpop', 'bzpopmin', 'bzpopmax', 'bzmpop', 'zremrangebyrank', 'zremrangebyscore', 'zremrangebylex'],
  ...['xdel', 'xtrim', 'xack', 'function|delete', 'function|flush'],
].map((command) => `+${command}`);

/**
 * While the volume is full: what reads, and what only takes away. Said by what may be, since commands of newer versions may belong to no kind:
 * Redis 8 does not count those that add vectors among the writing ones. Scripts may call no more than their caller.
 */
const growthStopped = [
  ...['-@all', '+@read', '+@connection', '+@transaction', '+@pubsub', '+@scripting', '-@write', ...guarded, ...asking, '+time'],
  ...takingAway,
];

function stop(preset: Preset | null): string[] {
  return [...growthStopped, ...(preset === 'administrator' ? overseeing : [])];
}

const unwriting = ['read', 'connection', 'transaction', 'pubsub', 'scripting'];
const kinds = ['keyspace', 'string', 'list', 'set', 'sortedset', 'hash', 'bitmap', 'hyperloglog', 'geo', 'stream', 'blocking'];
/** They write, but are not among `@write`. */
export const unsaid = ['+vadd', '+vrem', '+vsetattr'];

/** The tenant's rules without what makes data grow. Who took rights away by kinds may then delete only with what is named singly. */
function replayStopped(preset: Preset | null, own: readonly string[]): string[] {
  const replayed = own.flatMap((rule) => {
    if (rule.startsWith('-') || takingAway.includes(rule)) return [rule];
    if (rule === '+@all') return growthStopped;
    if (rule.startsWith('+@')) return [...unwriting, ...kinds].includes(rule.slice(2)) ? [rule, '-@write'] : [];
    return unsaid.includes(rule) ? [] : [rule, '-@write'];
  });
  const onlyAdds = own.every((rule) => rule.startsWith('+'));
  return [...replayed, ...(onlyAdds && grows(preset) ? takingAway : [])];
}
