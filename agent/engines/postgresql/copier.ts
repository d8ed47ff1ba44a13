import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import { readThrough } from '#drivers/process/read-through.ts';
import { chooseCodec, unpacker } from '../../backup/codec.ts';
import type { Copier, CopyPart } from '../../backup/copier.ts';
import { paced } from '../../backup/pace.ts';
import { sayCopied } from '../../backup/say-copied.ts';
import { writeFile } from '../../write-file.ts';
import { startBaseBackup } from './base-backup.ts';
import { close, connect, toEngineError, withClient } from './connections.ts';
import { noteRestored } from './cut-off-drops.ts';
import type { Place } from './place.ts';
import { createUntar } from './untar.ts';

const partName = 'base.tar';
const usualRatio = 4;

/** Through the replication protocol, packed by the server itself where it can: the copy of a running cluster, with the WAL to make it whole. */
export function createCopier(place: Place): Copier {
  return {
    copy: async ({ label, parent, pace, context: { progress, signal } }) => {
      if (parent !== null)
        throw new GuestboardError('not-implemented', 'PostgreSQL adds to a full backup by its archived WAL, not by incremental backups.');
      // Under a limit we pack ourselves: what the server packs says only now and then how much it has read.
      const serverCodec = pace.get() === null ? await chooseServerCodec(place, signal) : 'none';
      const client = await connect(place, { replication: true, statementTimeoutMs: 0, signal });
      // A server that is silent would be waited for: only its connection ends what waits for its bytes.
      const giveUp = () => close(client);
      signal.addEventListener('abort', giveUp, { once: true });
      // Gone with the connection: until then the server keeps the log that the copy ends with, within its limit.
      const slot = `guestboard_copy_${randomBytes(8).toString('hex')}`;
      await client.query(`CREATE_REPLICATION_SLOT ${slot} TEMPORARY PHYSICAL RESERVE_WAL`).catch((error: unknown) => {
        close(client);
        signal.throwIfAborted();
        throw toEngineError(error);
      });
      let totalBytes: number | null = null;
      let sourceBytes = 0;
      const backup = startBaseBackup(client, {
        label,
        codec: serverCodec,
        onProgress: (doneBytes) => {
          sourceBytes = doneBytes;
          progress(sayCopied(doneBytes, totalBytes));
        },
      });
      void backup.started.then(
        (start) => {
          totalBytes = start.totalBytes;
        },
        () => {},
      );
      // Where a limit comes while the server packs, what it read is guessed from what is left of it, and put right by what it says.
      let [packed, paid] = [0, 0];
      const toBytes = (chunk: Buffer) => {
        packed += chunk.length;
        const read = serverCodec === 'none' ? packed : Math.max(sourceBytes, packed * usualRatio);
        const bytes = Math.max(0, read - paid);
        paid = Math.max(paid, read);
        return bytes;
      };
      async function* parts(): AsyncGenerator<CopyPart> {
        yield { name: partName, bytes: paced(backup.archive as AsyncIterable<Buffer>, pace, signal, toBytes), codec: serverCodec };
      }
      return {
        codec: serverCodec === 'none' ? chooseCodec() : serverCodec,
        parts: parts(),
        end: async () => {
          const [start, end] = await Promise.all([backup.started, backup.ended]);
          return { startPosition: start.position, endPosition: end.position, timeline: end.timeline, coordinates: {}, sourceBytes };
        },
        close: async () => {
          signal.removeEventListener('abort', giveUp);
          backup.archive.destroy();
          close(client);
        },
      };
    },
    restore: async (chain, folder, { progress, signal }) => {
      const [base, ...more] = chain;
      if (base === undefined || more.length > 0) throw new GuestboardError('backup-damaged', 'The backup is not one full backup.');
      const { parts, sourceBytes, codec } = base.manifest;
      const name = parts[0]?.name ?? partName;
      await mkdir(folder, { mode: 0o700 });
      const files = createUntar(folder, (done) => progress({ done, total: Math.max(sourceBytes, done), unit: 'bytes' }));
      try {
        const program = unpacker(codec);
        if (program === null) for await (const chunk of base.open(name)) await files.take(chunk);
        else await readThrough(program, base.openPacked(name), files.take, { signal, socketFile: path.join(place.run, 'unpacking') });
        files.end();
      } finally {
        await files.close();
      }
      await makeStandalone(folder);
    },
  };
}

/** What this server's build packs with and this host unpacks; `none` leaves the packing to us. */
async function chooseServerCodec(place: Place, signal: AbortSignal): Promise<'zstd' | 'gzip' | 'none'> {
  if (chooseCodec() === 'gzip') return 'gzip';
  const { rows } = await withClient(place, { signal }, (client) =>
    client.query<{ setting: string }>("SELECT setting FROM pg_config WHERE name = 'CONFIGURE'"),
  );
  return rows[0]?.setting.includes('--with-zstd') ? 'zstd' : 'none';
}

/** A copy begins a life of its own, whatever the copied server was: no source, no settings of ALTER SYSTEM. */
async function makeStandalone(folder: string): Promise<void> {
  for (const name of ['standby.signal', 'recovery.signal']) await rm(path.join(folder, name), { force: true });
  await writeFile(path.join(folder, 'postgresql.auto.conf'), '');
  await noteRestored(folder);
}
