import { findAddress } from './backup-storage.ts';
import type { Workflow } from './workflow.ts';

/** Removed by the control plane itself: the instance it came from may be gone long since. */
export const deleteBackup: Workflow<'delete-backup'> = {
  async run({ step, tools, input, projectId }) {
    const { store } = tools;
    await step('remove', async () => {
      const storage = await tools.openStorage(await findAddress(tools, input.backupId), projectId);
      // The manifest first: without it the rest is no backup any more, whatever happens next.
      await storage.delete(`${input.backupId}/manifest.json`);
      await storage.deleteFolder(`${input.backupId}/`);
      return undefined;
    });
    await step('forget', async () => {
      if ((await store.backups.findForControlPlane(input.backupId)) === null) return undefined;
      await store.transact((tx) => store.backups.remove(tx, input.backupId));
      return undefined;
    });
  },

  async undo({ tools, input }, outcome) {
    if (outcome.state !== 'failed' || (await tools.store.backups.findForControlPlane(input.backupId)) === null) return;
    const failure = outcome.sentence;
    await tools.store.transact((tx) => tools.store.backups.change(tx, input.backupId, { state: 'DELETE_FAILED', failure }));
  },
};
