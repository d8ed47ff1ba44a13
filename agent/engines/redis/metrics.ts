import { statSync } from 'node:fs';
import type { Client } from './connections.ts';
import { parseInfo, readKeyspace } from './info.ts';
import type { Place } from './place.ts';

/** Everything a beat needs of what the server tells of itself. */
export type Look = {
  version: string;
  uptimeMs: number;
  /** How far it is with reading its files, as a sentence; null when it has them. */
  loading: string | null;
  writesToDisk: boolean;
  replication: { isReplica: boolean; connected: boolean; offset: number };
  /** Every connection is taken. */
  full: boolean;
  /** Commands of the agent on the connection that was asked, those before this question. */
  own: number;
  counters: Readonly<Record<'commands' | 'hits' | 'misses' | 'evicted' | 'expired', number>>;
  gauges: Readonly<Record<string, number>>;
};

/** One round trip of under a millisecond. */
export async function readLook(client: Client, { manifestFile }: Pick<Place, 'manifestFile'>, nowMs: number): Promise<Look> {
  const own = client.asked();
  const info = parseInfo(String(await client.ask('INFO')));
  const number = (name: string) => Number(info.get(name) ?? 0);
  return {
    version: info.get('valkey_version') ?? info.get('redis_version') ?? '',
    uptimeMs: number('uptime_in_seconds') * 1000,
    loading: number('loading') === 0 ? null : `Its data is being loaded: ${Math.floor(number('loading_loaded_perc'))} %.`,
    writesToDisk: info.get('aof_last_write_status') !== 'err',
    replication: {
      isReplica: info.get('role') === 'slave',
      connected: info.get('master_link_status') === 'up',
      offset: number('slave_repl_offset'),
    },
    own,
    full: number('maxclients') > 0 && number('connected_clients') >= number('maxclients'),
    counters: {
      commands: number('total_commands_processed'),
      hits: number('keyspace_hits'),
      misses: number('keyspace_misses'),
      evicted: number('evicted_keys'),
      expired: number('expired_keys'),
    },
    gauges: {
      // This very connection taken off.
      connections: Math.max(0, number('connected_clients') - 1),
      blockedConnections: number('blocked_clients'),
      keys: [...readKeyspace(info).values()].reduce((sum, keys) => sum + keys, 0),
      memoryBytes: number('used_memory'),
      // What the allocator's pages hold beyond what is used in them.
      fragmentationRatio: Math.max(0, 1 - number('allocator_allocated') / Math.max(1, number('allocator_active'))),
      appendOnlyFileBytes: number('aof_current_size'),
      rewriting: number('aof_rewrite_in_progress'),
      ...readPersistence(info, manifestFile, nowMs),
    },
  };
}

/** Of a rewrite the server does not tell when it was; the file that names its result is written then. Nothing before the first of this life. */
function readPersistence(info: ReadonlyMap<string, string>, manifestFile: string, nowMs: number): Record<string, number> {
  const failed = (name: string) => (info.get(name) === 'ok' ? 0 : 1);
  // What is sent to a replica is timed as a save, too, and is none.
  const saved = Number(info.get('rdb_saves') ?? 0) > 0;
  const rewritten = Number(info.get('aof_last_rewrite_time_sec') ?? -1) >= 0;
  const manifestMs = rewritten ? statSync(manifestFile, { throwIfNoEntry: false })?.mtimeMs : undefined;
  return {
    ...(saved
      ? { saveAgeMs: Math.max(0, nowMs - Number(info.get('rdb_last_save_time')) * 1000), saveFailed: failed('rdb_last_bgsave_status') }
      : {}),
    ...(rewritten ? { rewriteFailed: failed('aof_last_bgrewrite_status') } : {}),
    ...(manifestMs === undefined ? {} : { rewriteAgeMs: Math.max(0, nowMs - manifestMs) }),
  };
}

/** Turns counters into rates, what the agent itself asked taken off: each beat's question, slow commands, connections, logins. */
export function createMeter() {
  let previous: { atMs: number; own: number; counters: Look['counters'] } | null = null;
  let hitRatio = 1;
  /** Asked by the agent and not taken off yet: a login may be counted by the server later than here. */
  let owed = 0;
  return {
    loggedIn: () => {
      owed += 1;
    },
    measure: ({ own, counters, gauges }: Look, nowMs: number): Record<string, number> => {
      const before = previous;
      const seconds = before === null ? 0 : (nowMs - before.atMs) / 1000;
      const grown = (name: keyof Look['counters']) => (before === null ? 0 : Math.max(0, counters[name] - before.counters[name]));
      const perSecond = (count: number) => (seconds <= 0 ? 0 : count / seconds);
      const reads = grown('hits') + grown('misses');
      if (reads > 0) hitRatio = grown('hits') / reads;
      // Another connection counts from its own login, after the question that was the last one's end.
      if (before !== null) owed += own >= before.own ? own - before.own : own + 1;
      const tenants = Math.max(0, grown('commands') - owed);
      owed = before === null ? 0 : Math.max(0, owed - grown('commands'));
      previous = { atMs: nowMs, own, counters };
      return {
        commandsPerSecond: perSecond(tenants),
        hitRatio,
        evictionsPerSecond: perSecond(grown('evicted')),
        expirationsPerSecond: perSecond(grown('expired')),
        ...gauges,
      };
    },
    reset: () => {
      previous = null;
      owed = 0;
    },
  };
}
