import { readAccess, saveAccess, tellRules } from './access.ts';
import { type Client, type Seat, withClient } from './connections.ts';
import { parseInfo } from './info.ts';
import type { Place } from './place.ts';

const worthRewritingBytes = 1024 ** 2;

/**
 * Stops what makes a volume grow, for every tenant, by the rules of their accounts, which tenants can neither give nor take: of the
 * commands that write only those stay that take away. They hold at once, on open connections and inside scripts, too. What is taken
 * away is appended to the file like everything else, so that the file is rewritten to give the room back.
 */
export function createGrowthStop(place: Place, seat: Seat): (writable: boolean) => Promise<void> {
  /** What the data took when the file was last seen to be worth it, or rewritten. */
  let memoryBytes: number | null = null;

  const giveRoomBack = async (client: Client) => {
    const info = parseInfo(String(await client.ask('INFO')));
    const number = (name: string) => Number(info.get(name) ?? 0);
    const used = number('used_memory_dataset');
    memoryBytes = Math.max(memoryBytes ?? used, used);
    const appended = number('aof_current_size') - number('aof_base_size');
    if (appended < worthRewritingBytes && memoryBytes - used < Math.max(worthRewritingBytes, memoryBytes / 20)) return;
    if (number('aof_rewrite_in_progress') + number('aof_rewrite_scheduled') > 0) return;
    await client.ask('BGREWRITEAOF');
    memoryBytes = used;
  };
  return (writable) =>
    withClient(place, seat, undefined, async (client) => {
      const access = await readAccess(place);
      if (access.stopped === writable) {
        const changed = { ...access, stopped: !writable };
        await saveAccess(place, changed);
        for (const account of changed.users) await tellRules(client, account, changed.stopped);
      }
      if (!writable) await giveRoomBack(client);
    });
}
