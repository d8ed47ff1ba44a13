import { type Client, withClient } from './connections.ts';
import { pruneLogs, rotateLogs } from './logs.ts';
import { adminUser, type Place, stoppedUser } from './place.ts';
import { pruneBinaryLogs } from './prune-binary-logs.ts';
import { type ReplicaStatus, readReplicaStatus } from './replica-status.ts';

/** Everything a beat needs, by name: counters of the server, and a few facts beside. */
export type Look = {
  version: string;
  stopped: boolean;
  /** Where it copies a source. */
  replica: ReplicaStatus | null;
  connections: number;
  running: number;
  counters: Readonly<Record<(typeof counterNames)[number], number>>;
};

const counterNames = [
  'QUESTIONS',
  'COM_SELECT',
  'COM_INSERT',
  'COM_INSERT_SELECT',
  'COM_UPDATE',
  'COM_UPDATE_MULTI',
  'COM_DELETE',
  'COM_DELETE_MULTI',
  'INNODB_BUFFER_POOL_READ_REQUESTS',
  'INNODB_BUFFER_POOL_READS',
  'INNODB_ROW_LOCK_WAITS',
  'CREATED_TMP_DISK_TABLES',
] as const;

/** Statements by kind, and the counters that count them. All others of the clients' are one kind more. */
const kinds = {
  selectsPerSecond: ['COM_SELECT'],
  insertsPerSecond: ['COM_INSERT', 'COM_INSERT_SELECT'],
  updatesPerSecond: ['COM_UPDATE', 'COM_UPDATE_MULTI'],
  deletesPerSecond: ['COM_DELETE', 'COM_DELETE_MULTI'],
} as const satisfies Record<string, readonly (typeof counterNames)[number][]>;

/** One round trip of a few milliseconds. */
export async function readLook(client: Client): Promise<Look> {
  const { accounts, look } = client.dialect;
  const rows = await client.query<{ name: string; value: string }>(
    `SELECT 'VERSION' AS name, @@version AS value
     UNION ALL SELECT 'STOPPED', @@global.read_only OR EXISTS (SELECT 1 FROM ${accounts.table} WHERE Host = 'localhost' AND User = '${stoppedUser}')
     UNION ALL ${look.counters([...counterNames, 'THREADS_CONNECTED', 'THREADS_RUNNING'])}`,
  );
  const values = new Map(rows.map(({ name, value }) => [name, value]));
  const number = (name: string) => Number(values.get(name) ?? 0);
  return {
    version: /^[\d.]+/.exec(values.get('VERSION') ?? '')?.[0] ?? '',
    stopped: number('STOPPED') !== 0,
    // Every replica refuses writes; others need not be asked.
    replica: number('STOPPED') === 0 ? null : await readReplicaStatus(client),
    // This very connection taken off. The list of connections would tell more, but makes a temporary table on disk each time.
    connections: Math.max(0, number('THREADS_CONNECTED') - 1),
    running: Math.max(0, number('THREADS_RUNNING') - 1),
    counters: Object.fromEntries(counterNames.map((name) => [name, number(name)])) as Look['counters'],
  };
}

const sizeIntervalMs = 30_000;

/** Turns counters into rates, our own question of each beat taken off. Sizes are asked beside the beat and seldom. */
export function createMeter(place: Place) {
  let previous: { atMs: number; counters: Look['counters'] } | null = null;
  let bufferPoolHitRatio = 1;
  let dataBytes: number | null = null;
  let sizeAskedAtMs = Number.NEGATIVE_INFINITY;

  return {
    measure: ({ counters, connections, running }: Look, nowMs: number): Record<string, number> => {
      const before = previous;
      const seconds = before === null ? 0 : (nowMs - before.atMs) / 1000;
      const grown = (name: keyof Look['counters']) => (before === null ? 0 : Math.max(0, counters[name] - before.counters[name]));
      const perSecond = (count: number) => (seconds <= 0 ? 0 : Math.max(0, count) / seconds);
      const counted = Object.entries(kinds).map(([key, names]) => {
        const own = key === 'selectsPerSecond' ? 1 : 0;
        return [key, Math.max(0, names.reduce((sum, name) => sum + grown(name), 0) - own)] as const;
      });
      const statements = Math.max(0, grown('QUESTIONS') - 1);
      const others = statements - counted.reduce((sum, [, count]) => sum + count, 0);
      const requests = grown('INNODB_BUFFER_POOL_READ_REQUESTS');
      if (requests > 0) bufferPoolHitRatio = Math.max(0, 1 - grown('INNODB_BUFFER_POOL_READS') / requests);
      previous = { atMs: nowMs, counters };
      if (nowMs - sizeAskedAtMs >= sizeIntervalMs) {
        sizeAskedAtMs = nowMs;
        pruneLogs(place);
        void measureBeside(place, nowMs).then((bytes) => {
          dataBytes = bytes ?? dataBytes;
        });
      }
      return {
        queriesPerSecond: perSecond(statements),
        ...Object.fromEntries(counted.map(([key, count]) => [key, perSecond(count)])),
        otherStatementsPerSecond: perSecond(others),
        connections,
        runningThreads: running,
        bufferPoolHitRatio,
        rowLockWaitsPerSecond: perSecond(grown('INNODB_ROW_LOCK_WAITS')),
        tmpDiskTablesPerSecond: perSecond(grown('CREATED_TMP_DISK_TABLES')),
        ...(dataBytes === null ? {} : { dataBytes }),
      };
    },
    reset: () => {
      previous = null;
      sizeAskedAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}

/** The tenant's tables, by what their files take; rotates the logs on the same connection. */
async function measureBeside(place: Place, nowMs: number): Promise<number | null> {
  try {
    return await withClient(place, { user: adminUser(), statementTimeoutMs: 10_000 }, async (client) => {
      await rotateLogs(place, (text) => client.query(text));
      if (place.dialect.binaryLog) await pruneBinaryLogs(place, client, nowMs);
      const rows = await client.query<{ bytes: string | number | null }>(place.dialect.look.dataBytes);
      return Number(rows[0]?.bytes ?? 0);
    });
  } catch {
    return null;
  }
}
