import { rm } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandContext } from '#contract/guest/commands.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import type { StoredBackup } from '#contract/guest/stored-backup.ts';
import { sayRoom } from '#contract/size-text.ts';
import { openStorage } from '#drivers/storage/index.ts';
import { measureFreeDisk } from '../disk-usage.ts';
import { isDiskFull, isDiskTrouble, isSaid } from '../what-was-said.ts';
import type { Copier } from './copier.ts';
import { readChain } from './manifest.ts';
import { openPacked, openPart } from './parts.ts';

type Target = Pick<GuestIdentity, 'backupFolder' | 'datastore' | 'version' | 'projectId'>;

/**
 * Fills the folder from a stored backup and those it builds on. Everything is checked while it is written, and the folder is not used
 * before all of it was right: damage fails with `backup-damaged` and leaves no folder.
 */
export async function restoreBackup(
  { identity, copier }: { identity: Target; copier: Pick<Copier, 'restore'> },
  { backupId, storage: address, ...trust }: StoredBackup,
  folder: string,
  context: CommandContext,
): Promise<void> {
  const storage = await openStorage(address, identity.backupFolder);
  const chain = await readChain(storage, backupId, trust);
  for (const { datastore, version, projectId } of chain) {
    if (datastore !== identity.datastore || version !== identity.version)
      throw new GuestboardError('version-unavailable', `The backup is of ${datastore} ${version}.`);
    if (projectId !== identity.projectId) throw new GuestboardError('not-found', 'The backup does not exist in this project.');
  }
  assertRoom(chain, path.dirname(folder));
  try {
    const opened = chain.map((manifest) => ({
      manifest,
      open: (name: string) => openPart([storage, manifest, name, trust.keys], context.signal),
      openPacked: (name: string) => openPacked([storage, manifest, name, trust.keys]),
    }));
    await copier.restore(opened, folder, context);
  } catch (error) {
    // On a disk that fails this does, too, and the next try begins with it; what is told is what befell the restore.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
    context.signal.throwIfAborted();
    const fromOutside = findOutsideCause(error);
    if (fromOutside !== null) throw fromOutside;
    if (error instanceof GuestboardError) throw error;
    throw new GuestboardError('backup-damaged', 'The backup cannot be unpacked.', {
      detail: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}

/** Every database of the host lives on this disk, or on one that is nobody's alone. */
function assertRoom(chain: readonly { sourceBytes: number }[], folder: string): void {
  const neededBytes = chain.reduce((sum, { sourceBytes }) => sum + sourceBytes, 64 * 1024 ** 2);
  const freeBytes = measureFreeDisk(folder);
  if (freeBytes < neededBytes)
    throw new GuestboardError('volume-full', 'The host’s disk has no room for what is in the backup. Free room on it, and restore again.', {
      detail: sayRoom({ neededBytes, freeBytes }),
    });
}

/** What befell the restore and says nothing of the backup; null where nothing is known to have. */
function findOutsideCause(error: unknown): GuestboardError | null {
  if (isDiskFull(error))
    return new GuestboardError(
      'volume-full',
      'The host’s disk filled up while the backup was unpacked. The backup itself is not to blame: free room on it, and restore again.',
      {
        cause: error,
      },
    );
  if (isDiskTrouble(error))
    return new GuestboardError(
      'engine-unavailable',
      'The host’s disk did not take what the backup was unpacked to. The backup itself is not to blame: see to the disk, and restore it again.',
      { detail: error instanceof Error ? error.message : String(error), cause: error },
    );
  if (isSaid(error, killedWords))
    return new GuestboardError(
      'engine-unavailable',
      'A program that the restore needs was killed, as a host does that runs out of memory. The backup itself is not to blame: restore it again.',
      { cause: error },
    );
  return null;
}

const killedWords = /ended with SIG(KILL|TERM)\b/;
