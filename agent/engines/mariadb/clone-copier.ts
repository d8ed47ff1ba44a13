import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import { sayRoom } from '#contract/size-text.ts';
import { type StreamedProgram, streamProgram } from '#drivers/process/stream-program.ts';
import { chooseCodec } from '../../backup/codec.ts';
import type { Copier } from '../../backup/copier.ts';
import { countBytes } from '../../backup/count-bytes.ts';
import { paced } from '../../backup/pace.ts';
import { measureDiskUsage, measureFreeDisk } from '../../disk-usage.ts';
import { syncFileSystem } from '../../sync-file-system.ts';
import { type Client, withClient } from './connections.ts';
import { runSteps } from './initialise.ts';
import { adminUser, type Place } from './place.ts';
import { quoteText } from './sql.ts';
import { unpackBy } from './unpack-by.ts';

const partName = 'data.tar';
const hourMs = 3_600_000;
/** A small one is there before it could be told how far it is. */
const lookMs = 2000;
const livesMs = 200;
const marginBytes = 64 * 1024 ** 2;

/**
 * By the server's own clone: it lays a copy of all its files beside the data, which is then streamed and removed. Meanwhile the host's disk holds
 * everything twice; the volume is not charged for it. A limit holds for the stream; the server clones as fast as it can.
 */
export function createCloneCopier(place: Place, isRunning: () => boolean): Copier {
  return {
    copy: async ({ parent, pace, context: { progress, signal } }) => {
      if (parent !== null) throw new GuestboardError('not-implemented', `${place.dialect.title} has no incremental backups here.`);
      assertRoom(place, await measureDiskUsage([place.data]));
      // Known once it lies there: much of the data folder is the server's own and not copied.
      let totalBytes: number | null = null;
      const tell = (done: number, detail?: string) =>
        progress({
          done,
          total: totalBytes === null ? null : Math.max(totalBytes, done),
          unit: 'bytes',
          ...(detail === undefined ? {} : { detail }),
        });
      const position = { start: '', end: '' };
      let program: StreamedProgram | null = null;
      let given = 0;
      try {
        await endClones(place, signal);
        await rm(place.cloned, { recursive: true, force: true, maxRetries: 5 });
        position.start = await withClient(place, { signal }, askPosition);
        await makeClone(place, signal, (share) => tell(0, `The server lays down its copy: ${Math.floor(share * 100)} %`));
        position.end = await withClient(place, { signal }, askPosition);
        totalBytes = await measureDiskUsage([place.cloned]);
        program = streamProgram('tar', ['--create', '--file=-', `--directory=${place.cloned}`, '.'], { signal });
        program.stdin.end();
      } catch (error) {
        await rm(place.cloned, { recursive: true, force: true, maxRetries: 5 });
        throw error;
      }
      const reading = program;
      async function* read(): AsyncGenerator<Buffer> {
        yield* countBytes(paced(whileRunning(place, isRunning, reading.stdout as AsyncIterable<Buffer>), pace, signal), (done) => {
          given = done;
          tell(done);
        });
        await reading.ended;
      }
      return {
        codec: chooseCodec(),
        parts: (async function* () {
          yield { name: partName, bytes: read(), codec: 'none' as const };
        })(),
        end: async () => ({
          startPosition: position.start,
          endPosition: position.end,
          timeline: null,
          coordinates: { administrator: adminUser() },
          sourceBytes: given,
        }),
        close: async () => {
          reading.kill();
          reading.stdout.destroy();
          await reading.ended.catch(() => {});
          await rm(place.cloned, { recursive: true, force: true, maxRetries: 5 });
        },
      };
    },
    restore: async ([backup], folder, context) => {
      if (backup === undefined) throw new GuestboardError('backup-damaged', 'The backup holds nothing.');
      const { manifest } = backup;
      const onBytes = (done: number) => context.progress({ done, total: Math.max(manifest.sourceBytes, done), unit: 'bytes' });
      const bytes = countBytes(backup.open(manifest.parts[0]?.name ?? partName), onBytes);
      await unpackBy('tar', ['--extract', '--file=-', `--directory=${folder}`, '--no-same-owner'], {
        bytes,
        folder,
        signal: context.signal,
      });
      await makeOurs(place, folder, manifest.coordinates.administrator ?? adminUser(), context.signal);
      await syncFileSystem(folder, context.signal);
    },
  };
}

/** The copy would be whole without its server, too; but what was counted in it could not be compared any more. */
async function* whileRunning(place: Place, isRunning: () => boolean, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let seenAtMs = 0;
  for await (const chunk of source) {
    if (performance.now() - seenAtMs > livesMs) {
      seenAtMs = performance.now();
      if (!isRunning()) throw new GuestboardError('engine-unavailable', `${place.dialect.title} ended while it was backed up.`);
    }
    yield chunk;
  }
}

function assertRoom(place: Place, neededBytes: number): void {
  const freeBytes = measureFreeDisk(place.data);
  if (freeBytes < neededBytes + marginBytes)
    throw new GuestboardError(
      'volume-full',
      `The host’s disk has no room for the copy that ${place.dialect.title} lays down before it is stored. Make room on the host, then try again.`,
      { detail: sayRoom({ neededBytes, freeBytes }) },
    );
}

/** How far the server's log has come, which only grows. */
async function askPosition(client: Client): Promise<string> {
  const [row] = await client.query<{ lsn: string }>(
    "SELECT VARIABLE_VALUE AS lsn FROM performance_schema.global_status WHERE VARIABLE_NAME = 'Innodb_redo_log_current_lsn'",
  );
  return row?.lsn ?? '0';
}

/** The server goes on for an agent that was killed, and makes one copy at a time. */
async function endClones(place: Place, signal: AbortSignal): Promise<void> {
  await withClient(place, { signal }, async (client) => {
    for (let tries = 0; tries < 200; tries += 1) {
      const rows = await client.query<{ id: number }>(
        `SELECT ID AS id FROM performance_schema.processlist WHERE HOST = 'localhost' AND INFO LIKE 'CLONE LOCAL DATA DIRECTORY%'`,
      );
      if (rows.length === 0) return;
      for (const { id } of rows) await client.query(client.dialect.connections.end(Number(id))).catch(() => {});
      await sleep(50, undefined, { signal });
    }
    throw new GuestboardError('busy', 'The server still makes an earlier copy. Try again in a minute.');
  });
}

/** Returns when the copy is whole. Cut off, it waits until the server has let go of the folder. */
async function makeClone(place: Place, signal: AbortSignal, tell: (share: number) => void): Promise<void> {
  const cloned = withClient(place, { statementTimeoutMs: 0 }, async (client) => {
    await client.query('SET SESSION lock_wait_timeout = 600');
    const [own] = await client.query<{ id: number }>('SELECT CONNECTION_ID() AS id');
    const cloning = client.query(`CLONE LOCAL DATA DIRECTORY = ${quoteText(place.cloned)}`);
    cloning.catch(() => {});
    const stop = () => void withClient(place, {}, (other) => other.query(`KILL QUERY ${Number(own?.id)}`)).catch(() => {});
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const done = new AbortController();
    const watching = watchClone(place, done.signal, tell).catch(() => {});
    try {
      await cloning;
    } finally {
      signal.removeEventListener('abort', stop);
      done.abort();
      await watching;
    }
  });
  await cloned.catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  signal.throwIfAborted();
}

async function watchClone(place: Place, signal: AbortSignal, tell: (share: number) => void): Promise<void> {
  await sleep(lookMs, undefined, { signal });
  await withClient(place, { signal }, async (client) => {
    for (;;) {
      const [row] = await client.query<{ share: string | null }>(
        'SELECT SUM(DATA) / NULLIF(SUM(ESTIMATE), 0) AS share FROM performance_schema.clone_progress',
      );
      tell(Math.min(1, Number(row?.share ?? 0)));
      await sleep(lookMs, undefined, { signal });
    }
  });
}

/**
 * The server makes the copied pages whole at its first start, by the log that was copied with them. In that start, before anybody can come in, the
 * administrator of where the copy comes from gets the name of ours.
 */
async function makeOurs(place: Place, folder: string, earlier: string, signal: AbortSignal): Promise<void> {
  const { takeOver } = place.dialect;
  if (takeOver === null) throw new GuestboardError('internal', 'This server has no copies that could be taken over.');
  await runSteps(place, takeOver({ ...place, folder, administrator: adminUser() }, earlier), hourMs, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new GuestboardError('backup-damaged', 'The copied data cannot be made whole.', { cause: error });
  });
}
