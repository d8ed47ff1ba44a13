import type { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import type { Database } from './database.ts';
import type { Prisma } from './generated/client.ts';
import type { Secrets } from './secrets.ts';

type Project = { projectId: string; name: string; title: string; keyId: string; password: string };

/** Puts back what is known of backups from what lies in storage, where the rows themselves are lost. Asked again, it adds what is missing. */
export function openCatalogue({ prisma, transact }: Database, secrets: Secrets) {
  return {
    addProject: ({ projectId, name, title, keyId, password }: Project) =>
      transact(async (tx) => {
        const taken = await tx.organization.count({ where: { slug: name, id: { not: projectId } } });
        const slug = taken > 0 ? `${name}-recovered` : name;
        const row = { id: projectId, slug, name: title, createdAt: new Date() };
        if ((await tx.organization.count({ where: { id: projectId } })) === 0) await tx.organization.create({ data: row });
        if ((await tx.secret.count({ where: { id: keyId } })) === 0) await secrets.seal(tx, projectId, password, keyId);
        await tx.projectBackupKey.createMany({ data: { projectId, secretId: keyId }, skipDuplicates: true });
      }),
    /** Answers its id; of the same name and project there is one. */
    addStorageTarget: async (projectId: string, id: string, name: string, address: StorageAddress): Promise<string> => {
      const known = await prisma.storageTarget.findFirst({ where: { projectId, name } });
      if (known) return known.id;
      await transact(async (tx) => {
        const sealed = await secrets.sealPasswords(tx, projectId, address);
        await tx.storageTarget.create({ data: { id, projectId, name, address: sealed as Prisma.InputJsonValue, isDefault: true } });
      });
      return id;
    },
    /** Answers whether it was not known. */
    addBackup: async (manifest: BackupManifest, storageTargetId: string | null): Promise<boolean> => {
      const ended = new Date(manifest.endedAtMs);
      const { instanceId: id, projectId } = manifest;
      const instance = await prisma.instance.findFirst({ where: { id, projectId }, select: { name: true } });
      const data = {
        id: manifest.backupId,
        projectId: manifest.projectId,
        instanceId: manifest.instanceId,
        instanceName: instance?.name ?? `lost-${manifest.instanceId.slice(0, 8)}`,
        name: `${manifest.kind}-${ended.toISOString().slice(0, 19).replaceAll(/[T:]/g, '-')}`,
        datastore: manifest.datastore,
        version: manifest.version,
        kind: manifest.kind,
        parentId: manifest.parentId,
        state: 'COMPLETED',
        sizeBytes: manifest.parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        sourceBytes: Math.round(manifest.sourceBytes),
        manifest,
        storageTargetId,
        createdBy: 'recovered from storage',
        createdAt: new Date(manifest.startedAtMs),
        endedAt: ended,
      };
      const { count } = await prisma.backup.createMany({ data, skipDuplicates: true });
      if (count === 1) return true;
      // It was completed after the save that says otherwise.
      const { state, sizeBytes, sourceBytes, endedAt } = data;
      const known = { id: data.id, projectId: data.projectId, state: { in: ['NEW', 'SAVING', 'FAILED', 'CANCELLED'] } };
      const completed = { state, sizeBytes, sourceBytes, endedAt, manifest, storageTargetId, failure: null };
      return (await prisma.backup.updateMany({ where: known, data: completed })).count === 1;
    },
  };
}
