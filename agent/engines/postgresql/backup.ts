import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { GuestboardError } from '#contract/errors.ts';
import { type Answers, BackupManifest } from '#contract/guest/commands.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import { storages } from '#drivers/storage/index.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import type { EngineHost } from '../../engine.ts';
import { startBaseBackup } from './base-backup.ts';
import { close, connect } from './connections.ts';
import type { Place } from './place.ts';

const partName = 'base.tar.gz';

export function createBackup(place: Place, host: EngineHost): Answers<'backup'> {
  const storage = openStorage(host.identity);
  return {
    create: async ({ backupId }, { progress, signal }) => {
      const finished = await readManifest(storage, backupId);
      if (finished !== null) return { manifest: finished };
      await removeObjects(storage, backupId);
      const startedAtMs = host.now();
      const client = await connect(place, { replication: true, statementTimeoutMs: 0, signal });
      try {
        let totalBytes: number | null = null;
        let sourceBytes = 0;
        const backup = startBaseBackup(client, {
          label: `guestboard ${backupId}`,
          gzip: true,
          onProgress: (doneBytes) => {
            sourceBytes = doneBytes;
            // The server's total is an estimate, and the log it adds at the end is not in it.
            progress({ done: doneBytes, total: totalBytes === null ? null : Math.max(totalBytes, doneBytes), unit: 'bytes' });
          },
        });
        void backup.started.then(
          (start) => {
            totalBytes = start.totalBytes;
          },
          () => {},
        );
        const part = await storePart(storage, `${backupId}/${partName}`, backup.archive, signal);
        const [start, end] = await Promise.all([backup.started, backup.ended]);
        const manifest: BackupManifest = {
          format: 'guestboard-backup-1',
          backupId,
          instanceId: host.identity.instanceId,
          projectId: host.identity.projectId,
          datastore: host.identity.datastore,
          version: host.identity.version,
          kind: 'full',
          parentId: null,
          startedAtMs,
          endedAtMs: host.now(),
          codec: 'gzip',
          startPosition: start.position,
          endPosition: end.position,
          timeline: end.timeline,
          sourceBytes,
          parts: [part],
        };
        signal.throwIfAborted();
        await storage.put(`${backupId}/manifest.json`, Readable.from([Buffer.from(JSON.stringify(manifest, null, 2))]), signal);
        return { manifest };
      } catch (error) {
        await removeObjects(storage, backupId).catch(() => {});
        throw error;
      } finally {
        close(client);
      }
    },
    remove: async ({ backupId }) => {
      await removeObjects(storage, backupId);
      return {};
    },
  };
}

export function openStorage(identity: GuestIdentity): Storage {
  return storages['local-directory'](identity.backupFolder);
}

/** Null where no complete backup of that id is stored. */
export async function readManifest(storage: Storage, backupId: string): Promise<BackupManifest | null> {
  const key = `${backupId}/manifest.json`;
  const [object] = await storage.list(key);
  if (object === undefined) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of await storage.get(key)) chunks.push(chunk as Buffer);
  try {
    return BackupManifest.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch (error) {
    throw new GuestboardError('backup-damaged', 'The backup’s manifest cannot be read.', { cause: error });
  }
}

/** The manifest goes first: without it what is left is no backup. */
async function removeObjects(storage: Storage, backupId: string): Promise<void> {
  await storage.delete(`${backupId}/manifest.json`);
  await storage.deleteFolder(`${backupId}/`);
}

async function storePart(storage: Storage, key: string, archive: Readable, signal: AbortSignal) {
  const digest = createHash('sha256');
  const hashing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      digest.update(chunk);
      done(null, chunk);
    },
  });
  archive.once('error', (error) => hashing.destroy(error));
  hashing.once('close', () => archive.destroy());
  const { sizeBytes } = await storage.put(key, archive.pipe(hashing), signal);
  return { name: partName, sizeBytes, sha256: digest.digest('hex') };
}
