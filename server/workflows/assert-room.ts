import { GuestboardError } from '#contract/errors.ts';
import { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { sayRoom } from '#contract/size-text.ts';
import { toSize } from './sizes.ts';
import type { WorkflowTools } from './workflow.ts';

/** What the databases of the host may write meanwhile. */
const spareBytes = 1024 ** 3;

/** A guest that nobody but us asked for takes neither the disk nor the memory that the host's databases live on. Throws `volume-full` or `refused`. */
export async function assertRoom({ store, compute }: WorkflowTools, backupId: string, guest: Instance, replayedBytes = 0): Promise<void> {
  const manifests = (await store.backups.listChain(backupId)).map(({ manifest }) => BackupManifest.safeParse(manifest));
  const neededBytes = manifests.reduce((sum, { data }) => sum + (data?.sourceBytes ?? 0), spareBytes + replayedBytes);
  const { memoryBytes } = toSize(guest);
  const free = await compute.measureRoom();
  if (free.diskBytes < neededBytes)
    throw new GuestboardError('volume-full', 'The host’s disk has no room for a restored copy beside its databases.', {
      detail: sayRoom({ neededBytes, freeBytes: free.diskBytes }),
    });
  if (free.memoryBytes < memoryBytes)
    throw new GuestboardError('refused', 'The host’s memory has no room for one more database now.', {
      detail: sayRoom({ neededBytes: memoryBytes, freeBytes: free.memoryBytes }),
    });
}
