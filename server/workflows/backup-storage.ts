import { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { StoredBackup } from '#contract/guest/commands.ts';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import type { WorkflowTools } from './workflow.ts';

type Tools = Pick<WorkflowTools, 'store'>;

/** Where a new backup goes: beside the one it adds to, else to the project's default; null is the local directory. */
export async function chooseTarget({ store }: Tools, projectId: string, parentId: string | null): Promise<string | null> {
  if (parentId !== null) return store.backups.findTargetId(parentId);
  return (await store.storageTargets.findDefault(projectId))?.id ?? null;
}

/** Where a backup lies, its secret as a reference. */
export async function findAddress(tools: Tools, backupId: string): Promise<StorageAddress> {
  return findTargetAddress(tools, await tools.store.backups.findTargetId(backupId));
}

export async function findTargetAddress({ store }: Tools, targetId: string | null): Promise<StorageAddress> {
  return (targetId === null ? null : await store.storageTargets.findAddress(targetId)) ?? { kind: 'local-directory' };
}

/** A backup as a guest is told of it: where it lies, and the keys that it and those it builds on are sealed with. */
export async function findStored(tools: Tools, projectId: string, backupId: string): Promise<StoredBackup> {
  const manifests = (await tools.store.backups.listChain(backupId)).map(({ manifest }) => BackupManifest.safeParse(manifest));
  const ids = manifests.flatMap(({ data }) => data?.seal?.keyId ?? []);
  return { backupId, storage: await findAddress(tools, backupId), keys: await tools.store.backupKeys.list(projectId, ids) };
}
