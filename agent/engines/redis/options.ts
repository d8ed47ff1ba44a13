import { redisDetails } from '#contract/datastores/redis-details.ts';
import { createEngineOptions } from '../../engine-options.ts';
import type { Settings } from './settings.ts';
import { sizeOptions } from './sizing.ts';

/** What size and tenant decide, as the server spells it. */
export function toOptions({ size, parameters }: Pick<Settings, 'size' | 'parameters'>): Record<string, string> {
  return {
    ...defaults,
    ...sizeOptions(size),
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, toOption(value)])),
  };
}

export const { liveOptions, startOptions, isRestartRequired } = createEngineOptions(redisDetails, toOptions);

/** Every parameter's value when nobody asks for another: one taken back comes back to these. */
const defaults: Readonly<Record<string, string>> = {
  'maxmemory-policy': 'noeviction',
  'maxmemory-samples': '5',
  'lfu-log-factor': '10',
  'lfu-decay-time': '1',
  timeout: '0',
  'tcp-keepalive': '300',
  appendfsync: 'everysec',
  'auto-aof-rewrite-percentage': '100',
  'slowlog-log-slower-than': '10000',
  'latency-monitor-threshold': '0',
  'notify-keyspace-events': '',
  'busy-reply-threshold': '5000',
  'hash-max-listpack-entries': '512',
  'set-max-intset-entries': '512',
  'zset-max-listpack-entries': '128',
  'lazyfree-lazy-eviction': 'no',
  'lazyfree-lazy-expire': 'no',
  'lazyfree-lazy-user-del': 'no',
  'lazyfree-lazy-user-flush': 'no',
  loglevel: 'notice',
  'io-threads': '1',
  'tcp-backlog': '511',
};

function toOption(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
