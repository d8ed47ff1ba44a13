import { measureDiskUsage, measureNameless } from '../../disk-usage.ts';
import type { EngineHost } from '../../engine.ts';
import { readPidFile } from '../../server-processes.ts';
import { endConnections, findStop, grant, type Held, listGrants, type Stop } from './access.ts';
import { type Client, withClient } from './connections.ts';
import { type Place, stoppedRowsUser, stoppedUser } from './place.ts';
import { getSettings } from './settings.ts';
import { quoteAccount } from './sql.ts';

const [mark, rowsMark] = [stoppedUser, stoppedRowsUser].map((user) => quoteAccount({ user, host: 'localhost' })) as [string, string];

/** Beside a volume that is full. */
const mostSpilledBytes = 32 * 1024 ** 2;
/** Every row that a statement deletes is logged whole, in a file beside the tables and once more in the log: no one statement may fill those. */
const mostLoggedBytes = 8 * 1024 ** 2;

const rowsSentence =
  'Deleting rows went on filling the volume by its log, so that DELETE is stopped, too. Truncate or drop a table, or enlarge the volume.';

/**
 * Stops what makes a volume grow, for every tenant. Rights decide, which tenants can neither give nor take: all but reading, DELETE, TRUNCATE
 * and DROP is withdrawn, and connections end, since rights inside a database count from entering it. Routines and events run with
 * their maker's rights, so they stop, too. DELETE makes room inside its table only, little by little, and stops where it fills the volume all
 * the same; TRUNCATE and DROP give it back to the volume.
 * Reading fills the disk, too, by what is sorted outside memory, and no option of every server bounds that: asked again while it is stopped, it
 * ends those who do.
 */
export function createGrowthStop(
  place: Place,
  host: Pick<EngineHost, 'event'>,
): (writable: boolean, isOverfull?: boolean) => Promise<void> {
  return async (writable, isOverfull = false) => {
    // A replica takes its rights from its source, and no write from anybody.
    if ((await getSettings(place)).source !== null) return;
    await withClient(place, { statementTimeoutMs: 120_000 }, async (client) => {
      const before = await findStop(client);
      if (!writable) {
        const stop = isOverfull || before === 'rows' ? 'rows' : 'growth';
        // Before the rights, so that an account made meanwhile gets few from the start.
        if (before === 'nothing') await client.query(`CREATE USER IF NOT EXISTS ${mark} ACCOUNT LOCK`);
        if (stop !== before && stop === 'rows') {
          await client.query(`CREATE USER IF NOT EXISTS ${rowsMark} ACCOUNT LOCK`);
          host.event({ code: 'volume-deletes-stopped', tone: 'broken', sentence: rowsSentence });
        }
        const isNewLimit = await limitLogged(client);
        if ((await changeGrants(client, stop)) || isNewLimit || (await measureSpilled(place)) > mostSpilledBytes)
          await endConnections(client);
      } else if (before !== 'nothing') {
        for (const name of cacheLimits) await client.query(`SET GLOBAL ${name} = DEFAULT`);
        if (await changeGrants(client, 'nothing')) await endConnections(client);
        await client.query(`DROP USER IF EXISTS ${mark}, ${rowsMark}`);
      }
    });
  };
}

const cacheLimits = ['max_binlog_cache_size', 'max_binlog_stmt_cache_size'];

/** Holds for connections from now on, until the server is started again. Answers whether it did not hold yet. */
async function limitLogged(client: Client): Promise<boolean> {
  const [row] = await client.query<{ bytes: string | number }>('SELECT @@GLOBAL.max_binlog_cache_size AS bytes');
  if (Number(row?.bytes) === mostLoggedBytes) return false;
  for (const name of cacheLimits) await client.query(`SET GLOBAL ${name} = ${mostLoggedBytes}`);
  return true;
}

/** Answers whether anything changed. */
async function changeGrants(client: Client, stop: Stop): Promise<boolean> {
  const isAsWanted = ({ writes, deletes }: Held) => writes === (stop === 'nothing') && deletes === (stop !== 'rows');
  const changing = (await listGrants(client)).filter((held) => held.level !== 'read-only' && !isAsWanted(held));
  for (const held of changing) await grant(client, held, stop);
  return changing.length > 0;
}

function measureSpilled({ spillFolders, pidFile }: Place): Promise<number> {
  const pid = readPidFile(pidFile);
  return measureDiskUsage(spillFolders).then((bytes) => bytes + (pid === null ? 0 : measureNameless(pid, spillFolders)));
}
