/** Asks about the server or every key: no harm but time. */
export const asking = ['+info', '+keys', '+sort_ro'];
/** Beside every right in the data. */
export const overseeing = ['+flushdb', '+flushall', '+slowlog|get', '+slowlog|len', '+lastsave', '+role'];
/** Nobody's but ours: the host, other accounts, the server's own life, and what holds everybody up. */
export const guarded = ['-@admin', '-@dangerous', '-script|debug', '-memory|purge', '-memory|malloc-stats', '-acl'];

/** Of the guarded ones those that a tenant may have all the same, and the kinds the server counts them among. */
export const exceptions: Readonly<Record<string, readonly string[]>> = {
  info: ['slow'],
  keys: ['keyspace', 'read', 'slow'],
  sort_ro: ['read', 'set', 'sortedset', 'list', 'slow'],
  sort: ['write', 'set', 'sortedset', 'list', 'slow'],
  swapdb: ['keyspace', 'write', 'fast'],
  flushdb: ['keyspace', 'write', 'slow'],
  flushall: ['keyspace', 'write', 'slow'],
  'slowlog|get': ['admin', 'slow'],
  'slowlog|len': ['admin', 'slow'],
  lastsave: ['admin', 'fast'],
  role: ['admin', 'fast'],
};
const everyones = ['info', 'keys', 'sort_ro', 'sort'];
const growing = ['sort', 'swapdb'];

export function isException(command: string): boolean {
  return Object.hasOwn(exceptions, command) || command === 'slowlog';
}

/**
 * What of the exceptions is left after the tenant's own rules, to be given back once the guarded ones are taken away. A kind brings none but
 * those that every application has; the others are had by their names, or with a preset.
 */
export function readd(preset: string | null, own: readonly string[], stopped: boolean): string[] {
  const first = Object.keys(exceptions).filter(
    (name) =>
      preset === 'administrator' ||
      (preset === 'application' && everyones.includes(name)) ||
      (preset !== null && asking.includes(`+${name}`)),
  );
  const left = own.reduce((had, rule) => apply(had, rule), new Set(first));
  return [...left].filter((name) => !(stopped && growing.includes(name))).map((name) => `+${name}`);
}

function apply(had: ReadonlySet<string>, rule: string): Set<string> {
  const gives = rule.startsWith('+');
  const touched = Object.entries(exceptions).flatMap(([name, kinds]) => {
    const isNamed = rule.slice(1) === name || rule.slice(1) === name.split('|')[0];
    const isOfKind = rule.startsWith('@', 1) && ['all', 'dangerous', ...kinds].includes(rule.slice(2));
    return isNamed || (isOfKind && (!gives || everyones.includes(name))) ? [name] : [];
  });
  return new Set(gives ? [...had, ...touched] : [...had].filter((name) => !touched.includes(name)));
}
