import { measureDiskUsage, measureNameless } from '../../disk-usage.ts';
import { readPidFile } from '../../server-processes.ts';
import { endConnections, grant, isStopped, listGrants } from './access.ts';
import { type Client, withClient } from './connections.ts';
import { type Place, stoppedUser } from './place.ts';
import { getSettings } from './settings.ts';
import { quoteAccount } from './sql.ts';

const mark = quoteAccount({ user: stoppedUser, host: 'localhost' });

/** Beside a volume that is full. */
const mostSpilledBytes = 32 * 1024 ** 2;

/**
 * Stops what makes a volume grow, for every tenant. Rights decide, which tenants can neither give nor take: all but reading, DELETE, TRUNCATE
 * and DROP is withdrawn, and connections end, since rights inside a database count from entering it. Routines and events run with
 * their maker's rights, so they stop, too. DELETE makes room inside its table only; TRUNCATE and DROP give it back to the volume.
 * Reading fills the disk, too, by what is sorted outside memory, and no option of every server bounds that: asked again while it is stopped, it
 * ends those who do.
 */
export function createGrowthStop(place: Place): (writable: boolean) => Promise<void> {
  return async (writable) => {
    // A replica takes its rights from its source, and no write from anybody.
    if ((await getSettings(place)).source !== null) return;
    await withClient(place, { statementTimeoutMs: 120_000 }, async (client) => {
      const stopped = await isStopped(client);
      if (!writable) {
        // Before the rights, so that an account made meanwhile gets few from the start.
        if (!stopped) await client.query(`CREATE USER IF NOT EXISTS ${mark} ACCOUNT LOCK`);
        await changeGrants(client, true);
        if ((await measureSpilled(place)) > mostSpilledBytes) await endConnections(client);
      } else if (stopped) {
        await changeGrants(client, false);
        await client.query(`DROP USER IF EXISTS ${mark}`);
      }
    });
  };
}

async function changeGrants(client: Client, stopped: boolean): Promise<void> {
  const changing = (await listGrants(client)).filter(({ writes, level }) => writes === stopped && level !== 'read-only');
  for (const held of changing) await grant(client, held, stopped);
  if (changing.length > 0) await endConnections(client);
}

function measureSpilled({ spillFolders, pidFile }: Place): Promise<number> {
  const pid = readPidFile(pidFile);
  return measureDiskUsage(spillFolders).then((bytes) => bytes + (pid === null ? 0 : measureNameless(pid, spillFolders)));
}
