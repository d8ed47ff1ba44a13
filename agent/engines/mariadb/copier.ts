import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import { readCommandLine } from '#drivers/process/pid-identity.ts';
import { run } from '#drivers/process/run.ts';
import { chooseCodec } from '../../backup/codec.ts';
import type { Copier } from '../../backup/copier.ts';
import { countBytes } from '../../backup/count-bytes.ts';
import { sayCopied } from '../../backup/say-copied.ts';
import { clearProcesses } from '../../server-processes.ts';
import { syncFileSystem } from '../../sync-file-system.ts';
import { readFileIfThere, writeFile } from '../../write-file.ts';
import { measureCopy } from './copied-bytes.ts';
import { keepCopyGoing } from './copy-patience.ts';
import { streamCopy } from './copy-stream.ts';
import { adminUser, type Place } from './place.ts';
import { quoteText } from './sql.ts';
import { unpackBy } from './unpack-by.ts';

const partName = 'data.xbstream';
const historyFile = 'guestboard-history';
const hourMs = 3_600_000;

/** Through MariaDB's own copying program: pages while they change, with the redo log to make them whole; by LSN only those that changed since. */
export function createCopier(place: Place): Copier {
  return {
    copy: async ({ parent, plain, pace, context: { progress, signal } }) => {
      assertProgram(place.copyProgram);
      const history = await ensureHistory(place.data);
      if (parent?.coordinates.history !== undefined && parent.coordinates.history !== history)
        throw new GuestboardError('refused', 'The data was replaced since the backup to add to was made. Make a full backup.');
      await endLeftovers(place, place.copying);
      await rm(place.copying, { recursive: true, force: true });
      await mkdir(place.copying, { recursive: true, mode: 0o700 });
      // How much changed since its parent only the copy itself finds out.
      const totalBytes = parent === null ? await measureCopy(place, signal) : null;
      const stream = streamCopy(place, copyArguments(place, parent?.endPosition ?? null, pace.get()), {
        plain: plain ?? false,
        pace,
        signal,
        onBytes: (done) => progress(sayCopied(done, totalBytes)),
      });
      const stopWatching = keepCopyGoing(place);
      return {
        codec: chooseCodec(),
        parts: (async function* () {
          yield { name: partName, bytes: stream.bytes, codec: stream.codec };
        })(),
        end: async () => ({ ...(await readPositions(place, history)), timeline: null, sourceBytes: stream.given() }),
        close: async () => {
          stopWatching();
          await stream.close();
          await rm(place.copying, { recursive: true, force: true });
        },
      };
    },
    restore: async (chain, folder, context) => {
      assertProgram(place.copyProgram);
      const total = chain.reduce((sum, { manifest }) => sum + manifest.sourceBytes, 0);
      let earlier = 0;
      const changes = `${folder}.changes`;
      await endLeftovers(place, folder);
      try {
        for (const [index, backup] of chain.entries()) {
          const target = index === 0 ? folder : changes;
          await rm(target, { recursive: true, force: true, maxRetries: 5 });
          const onBytes = (done: number) =>
            context.progress({ done: earlier + done, total: Math.max(total, earlier + done), unit: 'bytes' });
          const bytes = countBytes(backup.open(backup.manifest.parts[0]?.name ?? partName), onBytes);
          await unpackStream(place, bytes, target, context.signal);
          earlier += backup.manifest.sourceBytes;
          await prepare(place, folder, index === 0 ? null : changes, context.signal);
        }
      } finally {
        await rm(changes, { recursive: true, force: true, maxRetries: 5 });
      }
      // Who copies from this server must not take it for the one it was copied from.
      await forgetSource(folder);
      await handOver(place, folder, chain.at(-1)?.manifest.coordinates.administrator, context.signal);
      await syncFileSystem(folder, context.signal);
    },
  };
}

/** Names one course of log positions: data that came from elsewhere has counted otherwise, and begins another. */
async function ensureHistory(folder: string): Promise<string> {
  const file = path.join(folder, historyFile);
  const known = await readFileIfThere(file);
  if (known !== null) return known.trim();
  const history = randomUUID();
  await writeFile(file, `${history}\n`);
  return history;
}

/** Whose copy it was, and how that one reached its own source. */
export async function forgetSource(folder: string): Promise<void> {
  for (const name of ['auto.cnf', 'master.info', 'relay-log.info', historyFile]) await rm(path.join(folder, name), { force: true });
}

/** A killed agent's program may still copy, prepare or replay, there or in the folder of changes beside it. */
export async function endLeftovers(place: Place, folder: string): Promise<void> {
  const isOurs = (pid: number) => {
    const [program, ...words] = readCommandLine(pid);
    return (
      // Another version's lie elsewhere.
      [place.copyProgram, place.unpackProgram, place.serverProgram].some((ours) => path.basename(ours) === path.basename(program ?? '')) &&
      words.some((word) => word.includes(folder))
    );
  };
  await clearProcesses({ folder, isOurs, patienceMs: 0, killedMs: 5000 });
}

function copyArguments(place: Place, sinceLsn: string | null, bytesPerSecond: number | null): string[] {
  return [
    `--defaults-file=${place.configFile}`,
    '--backup',
    `--user=${adminUser()}`,
    `--socket=${place.socketFile}`,
    `--target-dir=${place.copying}`,
    `--extra-lsndir=${place.copying}`,
    '--stream=xbstream',
    '--parallel=2',
    ...(sinceLsn === null ? [] : [`--incremental-lsn=${sinceLsn}`]),
    // Everything is read and little of it comes out: the program itself must keep to the limit. It counts reads of a megabyte.
    ...(sinceLsn === null || bytesPerSecond === null ? [] : [`--throttle=${Math.max(1, Math.floor(bytesPerSecond / 1024 ** 2))}`]),
  ];
}

async function readPositions(place: Place, history: string) {
  const read = async (what: string) => parseFacts(await readCopyNote(place.copying, what));
  const [checkpoints, info] = await Promise.all([read('checkpoints'), read('info')]);
  const { from_lsn: startPosition, to_lsn: endPosition } = checkpoints;
  if (startPosition === undefined || endPosition === undefined) throw new GuestboardError('engine-error', 'The copy names no positions.');
  return {
    startPosition,
    endPosition,
    coordinates: { administrator: adminUser(), history, ...(info.binlog_pos ? { binaryLog: info.binlog_pos } : {}) },
  };
}

/** What the copying program noted of a copy: since MariaDB 11.1 under its own name. */
export async function readCopyNote(folder: string, what: string): Promise<string> {
  const [own, earlier] = ['mariadb_backup', 'xtrabackup'].map((program) => path.join(folder, `${program}_${what}`)) as [string, string];
  return readFile(existsSync(own) ? own : earlier, 'utf8');
}

/** Lines of `name = value`. */
function parseFacts(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf(' = ');
      return at === -1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 3).trim()]];
    }),
  );
}

export const unpackStream = (place: Place, bytes: AsyncIterable<Buffer>, folder: string, signal: AbortSignal) =>
  unpackBy(place.unpackProgram, ['-x', '-C', folder, '-p', '2'], { bytes, folder, signal, failedWords: unpackFailedWords });

/** A file that cannot be created it says on its error output, leaves out all that follows, and ends with 0. */
const unpackFailedWords = /Errcode: \d|failed|\berror\b/i;

/** Brings the copied pages to one moment by their redo log; with `changes`, to that of an incremental copy. */
export async function prepare(place: Place, folder: string, changes: string | null, signal: AbortSignal): Promise<void> {
  const {
    code,
    signal: killedBy,
    stderr,
  } = await run(
    place.copyProgram,
    ['--no-defaults', '--prepare', `--target-dir=${folder}`, ...(changes === null ? [] : [`--incremental-dir=${changes}`])],
    { deadlineMs: 12 * hourMs, cwd: place.conf, signal },
  );
  if (code !== 0 || !stderr.trimEnd().endsWith('completed OK!'))
    throw new GuestboardError('backup-damaged', 'The copied data cannot be made whole.', {
      detail: `It ended with ${killedBy ?? code}. ${stderr.slice(-2000)}`,
    });
}

/** The administrator has the name of the system account, which is another one here: he is renamed before anybody can come in. */
export async function handOver(place: Place, folder: string, earlier: string | undefined, signal: AbortSignal): Promise<void> {
  if (earlier === undefined || earlier === adminUser()) return;
  const account = (name: string) => `${quoteText(name)}@'localhost'`;
  const {
    code,
    signal: killedBy,
    stderr,
  } = await run(
    place.serverProgram,
    ['--no-defaults', '--bootstrap', `--datadir=${folder}`, `--tmpdir=${place.tmp}`, '--skip-log-bin', '--innodb-fast-shutdown=1'],
    {
      deadlineMs: hourMs,
      cwd: place.conf,
      signal,
      stdin: `FLUSH PRIVILEGES;\nDROP USER IF EXISTS ${account(adminUser())};\nRENAME USER ${account(earlier)} TO ${account(adminUser())};\n`,
    },
  );
  if (code !== 0 || /^ERROR/m.test(stderr))
    throw new GuestboardError('engine-error', 'The restored data could not be given to this guest.', {
      detail: `It ended with ${killedBy ?? code}. ${stderr.slice(-2000)}`,
    });
}

export function assertProgram(program: string): void {
  if (!existsSync(program))
    throw new GuestboardError(
      'engine-unavailable',
      'MariaDB’s copying program is missing on this host. Install the package mariadb-backup.',
      {
        detail: program,
      },
    );
}
