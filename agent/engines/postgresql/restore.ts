import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough, type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { GuestboardError } from '#contract/errors.ts';
import type { BackupManifest, CommandContext } from '#contract/guest/commands.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import { writeFile } from '../../write-file.ts';
import { openStorage, readManifest } from './backup.ts';
import { untar } from './untar.ts';

/**
 * Fills the folder from a stored backup. It is checked while it is written, and the folder is not used before all of it was right:
 * a damaged part fails with `backup-damaged` and leaves no folder.
 */
export async function restoreBackup(identity: GuestIdentity, backupId: string, folder: string, context: CommandContext): Promise<void> {
  const storage = openStorage(identity);
  const manifest = await readManifest(storage, backupId);
  if (manifest === null) throw new GuestboardError('not-found', 'The backup is not complete in the backup storage.');
  if (manifest.datastore !== identity.datastore || manifest.version !== identity.version) {
    throw new GuestboardError('version-unavailable', `The backup is of ${manifest.datastore} ${manifest.version}.`);
  }
  if (manifest.projectId !== identity.projectId) throw new GuestboardError('not-found', 'The backup does not exist in this project.');
  const [part, ...others] = manifest.parts;
  if (part === undefined || others.length > 0)
    throw new GuestboardError('backup-damaged', 'The backup has not the one part it should have.');
  try {
    await unpack(await storage.get(`${backupId}/${part.name}`), part, manifest, folder, context);
    await makeStandalone(folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    context.signal.throwIfAborted();
    if (error instanceof GuestboardError) throw error;
    throw new GuestboardError('backup-damaged', 'The backup cannot be unpacked.', {
      detail: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}

async function unpack(
  stored: Readable,
  part: BackupManifest['parts'][number],
  manifest: BackupManifest,
  folder: string,
  context: CommandContext,
): Promise<void> {
  const digest = createHash('sha256');
  let sizeBytes = 0;
  const checking = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      digest.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  const unpacking = manifest.codec === 'gzip' ? createGunzip({ chunkSize: 256 * 1024 }) : new PassThrough();
  const progress = (done: number) => context.progress({ done, total: Math.max(manifest.sourceBytes, done), unit: 'bytes' });
  const write = (unpacked: AsyncIterable<Buffer>) => untar(unpacked as Readable, folder, progress);
  await pipeline(stored, checking, unpacking, write, { signal: context.signal });
  if (sizeBytes !== part.sizeBytes || digest.digest('hex') !== part.sha256)
    throw new GuestboardError('backup-damaged', 'The stored backup differs from what was written: its checksum is wrong.', {
      detail: part.name,
    });
}

/** A copy begins a life of its own, whatever the copied server was: no source, no settings of ALTER SYSTEM. */
async function makeStandalone(folder: string): Promise<void> {
  for (const name of ['standby.signal', 'recovery.signal']) await rm(path.join(folder, name), { force: true });
  await writeFile(path.join(folder, 'postgresql.auto.conf'), '');
}
