import type { Database } from '#contract/resources/account.ts';
import type { Client } from './connections.ts';
import { parseInfo, readKeyspace } from './info.ts';

/** The first, and those that hold keys. Redis does not say how many bytes a database takes: the memory is shared out by keys, which is a guess. */
export async function listDatabases(client: Client): Promise<Database[]> {
  const info = parseInfo(String(await client.ask('INFO')));
  const keyspace = readKeyspace(info);
  const total = [...keyspace.values()].reduce((sum, keys) => sum + keys, 0);
  const bytes = Number(info.get('used_memory_dataset') ?? 0);
  return [...new Set([0, ...keyspace.keys()])]
    .sort((one, other) => one - other)
    .map((number) => ({
      name: String(number),
      owner: '',
      encoding: '',
      collation: '',
      keys: keyspace.get(number) ?? 0,
      sizeBytes: total === 0 ? 0 : Math.round((bytes * (keyspace.get(number) ?? 0)) / total),
    }));
}
