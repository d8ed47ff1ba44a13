import { GuestboardError } from '#contract/errors.ts';
import { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import type { StoredBackup } from '#contract/guest/stored-backup.ts';
import { type StorageChoice, toTargetId } from '#contract/resources/storage-choice.ts';
import { hasObject } from '#drivers/storage/find-object.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import type { WorkflowTools } from './workflow.ts';

type Tools = Pick<WorkflowTools, 'store'>;

type Asked = { parentId: string | null; storage: StorageChoice };

/** Where a new backup goes: beside the one it adds to, else where it was asked to; null is the local directory. Throws `refused`. */
export async function chooseTarget({ store }: Tools, projectId: string, { parentId, storage }: Asked): Promise<string | null> {
  if (parentId !== null) return store.backups.findTargetId(parentId);
  if (storage === 'default') return (await store.storageTargets.findDefault(projectId))?.id ?? null;
  const targetId = toTargetId(storage);
  if (targetId !== null && (await store.storageTargets.findForControlPlane(targetId))?.projectId !== projectId)
    throw new GuestboardError('refused', 'The storage target does not exist any more. Choose another one.', { field: 'storage' });
  return targetId;
}

/** Where a backup lies, its secret as a reference. */
export async function findAddress(tools: Tools, backupId: string): Promise<StorageAddress> {
  return findTargetAddress(tools, await tools.store.backups.findTargetId(backupId));
}

export async function findTargetAddress({ store }: Tools, targetId: string | null): Promise<StorageAddress> {
  return (targetId === null ? null : await store.storageTargets.findAddress(targetId)) ?? { kind: 'local-directory' };
}

/** Without it a backup is none. */
export async function hasManifest(storage: Storage, id: string): Promise<boolean> {
  return hasObject(storage, `${id}/manifest.json`);
}

/** A backup as a guest is told of it: where it lies, the keys that it and those it builds on are sealed with, and their unsigned manifests. */
export async function findStored(tools: Tools, projectId: string, backupId: string): Promise<StoredBackup> {
  const chain = await tools.store.backups.listChain(backupId);
  const manifests = chain.flatMap(({ manifest }) => BackupManifest.safeParse(manifest).data ?? []);
  const ids = manifests.map(({ seal }) => seal.keyId);
  const [storage, keys] = [await findAddress(tools, backupId), await tools.store.backupKeys.list(projectId, ids)];
  return { backupId, storage, keys, unsigned: manifests.filter(isUnsigned), signatures: toSignatures(manifests) };
}

export async function findParent({ store }: Tools, backupId: string): Promise<Pick<StoredBackup, 'backupId' | 'unsigned' | 'signatures'>> {
  const manifest = BackupManifest.safeParse(await store.backups.findManifest(backupId));
  const manifests = manifest.success ? [manifest.data] : [];
  return { backupId, unsigned: manifests.filter(isUnsigned), signatures: toSignatures(manifests) };
}

/** By what the catalogue holds, which nobody changes who only reaches the storage. */
function isUnsigned({ signature }: BackupManifest): boolean {
  return signature === null;
}

function toSignatures(manifests: readonly BackupManifest[]): Record<string, string> {
  return Object.fromEntries(manifests.flatMap(({ backupId, signature }) => (signature === null ? [] : [[backupId, signature]])));
}
