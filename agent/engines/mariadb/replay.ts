import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandContext } from '#contract/guest/commands.ts';
import { type StreamedProgram, streamProgram } from '#drivers/process/stream-program.ts';
import { syncFileSystem } from '../../sync-file-system.ts';
import { type Client, connect } from './connections.ts';
import { forgetSource } from './copier.ts';
import type { Place } from './place.ts';
import { quoteText } from './sql.ts';

/** Files of the log as they follow one another, from where in the first to replay, and the last transaction of each domain they hold. */
export type FetchedLog = { files: { file: string; sizeBytes: number }[]; from: number; last: ReadonlyMap<number, string> };

const startDeadlineMs = 120_000;

/**
 * A server of our own, which nobody else can reach, takes the log for one that it received from a source and applies it, as a replica
 * does: accounts, procedures and all. It writes no log of it: the copy begins a life of its own.
 */
export async function replayLog(
  place: Place,
  folder: string,
  log: FetchedLog,
  context: CommandContext,
): Promise<{ disabledEvents: number }> {
  const { signal, progress } = context;
  await writeFile(path.join(place.replaying, 'relay.index'), log.files.map(({ file }) => `${file}\n`).join(''));
  await rm(place.replaySocketFile, { force: true });
  const server = streamProgram(place.serverProgram, replayArguments(place, folder), {
    signal,
    cwd: folder,
    env: { TZ: 'UTC', UMASK: '0600', UMASK_DIR: '0700' },
  });
  server.stdin.end();
  server.stdout.resume();
  let disabledEvents = 0;
  try {
    const client = await connectWhenUp(place, server, signal);
    try {
      await client.query(
        `CHANGE MASTER TO MASTER_HOST = 'none', MASTER_USER = 'none', MASTER_USE_GTID = no,
         RELAY_LOG_FILE = ${quoteText(path.basename(log.files[0]?.file ?? ''))}, RELAY_LOG_POS = ${log.from}`,
      );
      await client.query('START SLAVE SQL_THREAD');
      await waitUntilApplied(
        client,
        log,
        (done, total) => progress({ done, total, unit: 'bytes', detail: 'Replaying the archive' }),
        signal,
      );
      await assertApplied(client, log);
      await client.query('STOP SLAVE');
      await client.query('RESET SLAVE ALL');
      const events = await client.query("SELECT 1 FROM mysql.event WHERE status = 'SLAVESIDE_DISABLED'");
      disabledEvents = events.length;
      await client.query("SET GLOBAL gtid_slave_pos = ''");
      await client.query('SHUTDOWN');
    } finally {
      client.cut();
    }
    await server.ended;
  } finally {
    server.kill();
    await server.ended.catch(() => {});
  }
  await forgetSource(folder);
  await syncFileSystem(folder, signal);
  return { disabledEvents };
}

function replayArguments(place: Place, folder: string): string[] {
  return [
    ...privateArguments(place, folder),
    `--relay-log=${path.join(place.replaying, 'relay')}`,
    `--relay-log-index=${path.join(place.replaying, 'relay.index')}`,
  ];
}

/** With the settings the server will have; only what it may be reached by, and what it would write besides, is taken away. */
export function privateArguments(place: Place, folder: string): string[] {
  return [
    `--defaults-file=${place.configFile}`,
    `--datadir=${folder}`,
    `--socket=${place.replaySocketFile}`,
    `--pid-file=${path.join(place.replaying, 'pid')}`,
    '--skip-networking',
    '--skip-log-bin',
    '--skip-slave-start',
    '--event-scheduler=OFF',
    '--slow-query-log=OFF',
    '--general-log=OFF',
    '--read-only=OFF',
    // Sessions may have been less strict than the server, which the log does not tell: what was taken once is taken again.
    '--innodb-strict-mode=OFF',
    // What is not finished is thrown away; the orderly end writes everything.
    '--innodb-flush-log-at-trx-commit=0',
  ];
}

/** The first connection to a server that was just started for us alone. */
export async function connectWhenUp(place: Place, server: StreamedProgram, signal: AbortSignal): Promise<Client> {
  let ended: unknown = null;
  server.ended.then(
    () => (ended = new GuestboardError('engine-error', 'A server that was started for us alone ended by itself.')),
    (error: unknown) => (ended = error),
  );
  const end = performance.now() + startDeadlineMs;
  for (;;) {
    signal.throwIfAborted();
    if (ended !== null) throw ended;
    try {
      return await connect({ ...place, socketFile: place.replaySocketFile }, { connectTimeoutMs: 2000, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (performance.now() > end) throw error;
    }
    await sleep(25, undefined, { signal });
  }
}

type Told = Record<string, string | number | null>;

/** The server keeps a file of its own behind ours: having come to it, it has applied them. */
async function waitUntilApplied(client: Client, { files }: FetchedLog, tell: (done: number, total: number) => void, signal: AbortSignal) {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  tell(0, total);
  for (;;) {
    signal.throwIfAborted();
    const [status] = await client.query<Told>('SHOW SLAVE STATUS');
    const error = String(status?.Last_SQL_Error ?? '');
    if (status === undefined || error !== '' || status.Slave_SQL_Running !== 'Yes')
      throw new GuestboardError('engine-error', 'The archived log cannot be replayed on this backup.', { detail: error });
    const index = files.findIndex(({ file }) => path.basename(file) === status.Relay_Log_File);
    if (index === -1 && String(status.Slave_SQL_Running_State ?? '').startsWith('Slave has read all relay log')) return;
    const before = files.slice(0, Math.max(0, index)).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (index !== -1) tell(Math.min(total, before + Number(status.Relay_Log_Pos ?? 0)), total);
    await sleep(50, undefined, { signal });
  }
}

/** The server names the last transaction it applied. */
async function assertApplied(client: Client, { last }: FetchedLog): Promise<void> {
  const [row] = await client.query<{ applied: string }>('SELECT @@global.gtid_slave_pos AS applied');
  const applied = (row?.applied ?? '').split(',');
  const missing = [...last.values()].filter((name) => !applied.includes(name));
  if (missing.length > 0)
    throw new GuestboardError('engine-error', 'The replay did not end where it should.', {
      detail: `${missing.join(', ')} is not among ${applied.join(', ')}.`,
    });
}
