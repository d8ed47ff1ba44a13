import { createWriteStream, existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GuestboardError, toFault } from '#contract/errors.ts';
import { type StreamedProgram, streamProgram } from '#drivers/process/stream-program.ts';
import { chooseCodec } from '../../backup/codec.ts';
import type { Copier, CopyPart, OpenedBackup } from '../../backup/copier.ts';
import { countBytes } from '../../backup/count-bytes.ts';
import { paced } from '../../backup/pace.ts';
import { syncFileSystem } from '../../sync-file-system.ts';
import { writeFile } from '../../write-file.ts';
import { Access, readAccess, saveAccess } from './access.ts';
import { readAdminPassword, type Seat, withClient } from './connections.ts';
import { adminUser, type Place } from './place.ts';
import { beginSnapshot } from './still-snapshot.ts';

const snapshotPart = 'snapshot.rdb';
const accountsPart = 'accounts.json';
/** What every snapshot begins with. */
const magic = Buffer.from('REDIS');

/** A snapshot as the server sends it to a replica, straight from memory to the stream; and the accounts, which are no data to Redis. */
export function createCopier(place: Place, seat: Seat): Copier {
  return {
    copy: async ({ parent, pace, context: { progress, signal } }) => {
      if (parent !== null) throw new GuestboardError('not-implemented', 'Redis has no incremental backups here.');
      if (!existsSync(place.client))
        throw new GuestboardError('engine-unavailable', 'The client of Redis is missing on this host.', { detail: place.client });
      const position = await withClient(place, seat, signal, async (client) => {
        // Nobody else wants the same snapshot: it need not wait for others.
        await client.ask('CONFIG', 'SET', 'repl-diskless-sync', 'yes', 'repl-diskless-sync-delay', '0');
        return /^master_repl_offset:(\d+)/m.exec(String(await client.ask('INFO', 'replication')))?.[1] ?? '0';
      });
      const accounts = { ...(await readAccess(place)), replicas: [] };
      let sourceBytes = 0;
      const { program, position: appendOnlyFile } = await beginSnapshot(place, seat, signal, () => {
        const started = streamProgram(place.client, ['-s', place.socketFile, '--user', adminUser, '--rdb', '-'], {
          signal,
          env: { REDISCLI_AUTH: readAdminPassword(place) },
        });
        started.stdin.end();
        return started;
      });
      async function* snapshot(): AsyncGenerator<Buffer> {
        yield* countBytes(paced(withoutMark(program), pace, signal), (done) => {
          sourceBytes = done;
          progress({ done, total: null, unit: 'bytes' });
        });
      }
      async function* parts(): AsyncGenerator<CopyPart> {
        yield { name: snapshotPart, bytes: snapshot(), codec: 'none' };
        yield { name: accountsPart, bytes: Readable.from([Buffer.from(JSON.stringify(accounts))]) as AsyncIterable<Buffer>, codec: 'none' };
      }
      return {
        codec: chooseCodec(),
        parts: parts(),
        end: async () => ({
          startPosition: position,
          endPosition: position,
          timeline: null,
          coordinates: appendOnlyFile === null ? {} : { appendOnlyFile },
          sourceBytes,
        }),
        close: async () => {
          program.kill();
          // Unread bytes would keep it from being seen to end.
          program.stdout.destroy();
          await program.ended.catch(() => {});
        },
      };
    },
    restore: async (chain, folder, { progress, signal }) => {
      const [backup, ...more] = chain;
      if (backup === undefined || more.length > 0) throw new GuestboardError('backup-damaged', 'The backup is not one full backup.');
      const files = path.join(folder, 'appendonlydir');
      await mkdir(files, { recursive: true, mode: 0o700 });
      const tell = (done: number) => progress({ done, total: Math.max(backup.manifest.sourceBytes, done), unit: 'bytes' });
      const snapshot = createWriteStream(path.join(files, 'appendonly.aof.1.base.rdb'), { flags: 'wx', mode: 0o600 });
      await pipeline(countBytes(backup.open(snapshotPart), tell), snapshot, { signal });
      // The server takes an empty file for a database that never had a key.
      if (snapshot.bytesWritten === 0) throw new GuestboardError('backup-damaged', 'The snapshot in the backup is empty.');
      // As if the server had just rewritten its file: the snapshot is what it begins with.
      await writeFile(path.join(files, 'appendonly.aof.1.incr.aof'), '');
      await writeFile(
        path.join(files, 'appendonly.aof.manifest'),
        'file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n',
      );
      await syncFileSystem(folder, signal);
      await saveAccess(place, { ...(await readAccounts(backup)), stopped: false, replicas: [] });
    },
  };
}

/** Sent from memory, a snapshot ends with a mark of 40 bytes that is not part of it, and that the client leaves in what it pipes on. */
async function* withoutMark({ stdout, ended }: StreamedProgram): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  let begun = false;
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    const all = Buffer.concat([held, chunk]);
    if (!begun && all.length >= magic.length) {
      if (!all.subarray(0, magic.length).equals(magic)) break;
      begun = true;
    }
    const safe = Math.max(0, all.length - 40);
    if (safe > 0) yield all.subarray(0, safe);
    held = all.subarray(safe);
  }
  if (!begun) throw new GuestboardError('engine-error', 'What Redis sent is not a snapshot.', { detail: `${held.length} bytes` });
  const words = await ended.catch((cause: unknown) => Promise.reject(toCutOff(cause)));
  if (!words.includes('until EOF marker')) yield held;
}

/** The client says only that it ended: it does when the server does. */
function toCutOff(cause: unknown): GuestboardError {
  const { detail } = toFault(cause);
  const sentence = 'Redis broke off while it sent its data, as it does when it ends. Back it up again once it runs.';
  return new GuestboardError('engine-unavailable', sentence, { cause, ...(detail === undefined ? {} : { detail }) });
}

async function readAccounts(backup: OpenedBackup): Promise<Access> {
  const chunks: Buffer[] = [];
  for await (const chunk of backup.open(accountsPart)) chunks.push(chunk);
  return Access.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}
