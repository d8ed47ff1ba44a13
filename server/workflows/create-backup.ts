import { GuestboardError } from '#contract/errors.ts';
import { BackupManifest } from '#contract/guest/commands.ts';
import { chooseTarget, findAddress } from './backup-storage.ts';
import { ensureArchive } from './ensure-archive.ts';
import type { Workflow } from './workflow.ts';

/** The backup has the operation's own id: however often this is repeated, there is one. */
export const createBackup: Workflow<'create-backup'> = {
  async run({ step, tools, input, operationId: backupId, actor, ...context }) {
    const { store } = tools;
    await step('store', async (inside) => {
      const instance = await context.instance();
      const storageTargetId = await chooseTarget(tools, instance.projectId, input.parentId);
      await store.transact(async (tx) => {
        const data = {
          projectId: instance.projectId,
          instanceId: instance.id,
          instanceName: instance.name,
          name: input.name,
          kind: input.parentId === null ? 'full' : 'incremental',
          parentId: input.parentId,
          datastore: instance.datastore,
          version: instance.version,
          operationId: backupId,
          createdBy: actor.name,
          volumeBytes: BigInt(instance.volumeBytes),
        };
        const known = await store.backups.findForControlPlane(backupId);
        if (known === null) {
          await store.backups.insert(tx, { id: backupId, state: 'SAVING', storageTargetId, ...data });
        } else {
          // A schedule has put it down already; one that was begun stays where it was begun.
          const place = known.state === 'NEW' ? { storageTargetId } : {};
          await store.backups.change(tx, backupId, { state: 'SAVING', failure: null, endedAt: null, ...place });
        }
      });
      if (input.parentId === null) await ensureArchive(tools, instance, inside);
      const storage = await findAddress(tools, backupId);
      const { manifest } = await inside.command(
        instance.id,
        'backup.create',
        {
          backupId,
          storage,
          key: await store.backupKeys.ensure(instance.projectId),
          parent: input.parentId === null ? null : { backupId: input.parentId },
        },
        { deadlineMs: 24 * 3_600_000 },
      );
      await store.transact((tx) => store.backups.change(tx, backupId, { manifest }));
      return undefined;
    });
    await step('record', async () => {
      const manifest = BackupManifest.safeParse(await store.backups.findManifest(backupId));
      if (!manifest.success || manifest.data.backupId !== backupId || manifest.data.parts.length === 0) {
        throw new GuestboardError('backup-damaged', 'The guest’s description of the backup is not complete.');
      }
      const { parts, sourceBytes } = manifest.data;
      const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
      const ended = { state: 'COMPLETED', sizeBytes: BigInt(sizeBytes), sourceBytes: BigInt(Math.round(sourceBytes)), endedAt: new Date() };
      await store.transact((tx) => store.backups.change(tx, backupId, ended));
      return `${(sizeBytes / 1e6).toFixed(1)} MB in ${parts.length} ${parts.length === 1 ? 'part' : 'parts'}`;
    });
  },

  async undo({ tools, operationId: backupId }, outcome) {
    const { store } = tools;
    if ((await store.backups.findForControlPlane(backupId)) === null) return;
    const failure = outcome.state === 'failed' ? outcome.sentence : null;
    const state = outcome.state === 'failed' ? 'FAILED' : 'CANCELLED';
    await store.transact((tx) => store.backups.change(tx, backupId, { state, failure, endedAt: new Date() }));
  },
};
