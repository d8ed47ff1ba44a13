import { listBuiltOn } from '#contract/operations/delete-backup.ts';
import { findAddress } from './backup-storage.ts';
import type { Workflow, WorkflowTools } from './workflow.ts';

/** Removed by the control plane itself: the instance it came from may be gone long since. */
export const deleteBackup: Workflow<'delete-backup'> = {
  async run({ step, tools, input, projectId }) {
    const { store } = tools;
    await step('remove', async () => {
      const chain = input.withChain ? listBuiltOn(await store.backups.listOfProject(projectId), input.backupId) : [];
      for (const { id } of chain) {
        await removeStored(tools, projectId, id);
        // At once: what is in the catalogue can be restored.
        await store.transact((tx) => store.backups.remove(tx, id));
      }
      await removeStored(tools, projectId, input.backupId);
      return chain.length === 0 ? undefined : `${chain.length + 1} backups`;
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

async function removeStored(tools: WorkflowTools, projectId: string, backupId: string): Promise<void> {
  const storage = await tools.openStorage(await findAddress(tools, backupId), projectId);
  // The manifest first: without it the rest is no backup any more, whatever happens next.
  await storage.delete(`${backupId}/manifest.json`);
  await storage.deleteFolder(`${backupId}/`);
}
