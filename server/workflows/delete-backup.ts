import { listBuiltOn } from '#contract/operations/delete-backup.ts';
import { findAddress, hasManifest } from './backup-storage.ts';
import type { Workflow, WorkflowContext, WorkflowTools } from './workflow.ts';

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

  async undo(context, outcome) {
    if (outcome.state === 'failed') await settleDeletion(context, outcome.sentence);
  },
};

type Deletion = Pick<WorkflowContext<'delete-backup'>, 'operationId' | 'projectId' | 'input'> & {
  tools: Pick<WorkflowTools, 'store' | 'openStorage'>;
};

/** What a deletion that failed had begun to remove is marked; what still has its manifest is as whole as it was, and stays what it was. */
export async function settleDeletion({ tools, operationId, projectId, input }: Deletion, failure: string): Promise<void> {
  const { store } = tools;
  const remove = (await store.operations.findForControlPlane(operationId))?.steps.find(({ key }) => key === 'remove');
  if (remove === undefined || ['queued', 'skipped'].includes(remove.state)) return;
  const backups = await store.backups.listOfProject(projectId);
  const chain = input.withChain ? listBuiltOn(backups, input.backupId) : [];
  // Those before it have left the catalogue, those behind it were not come to.
  const [id] = [...chain, ...backups.filter((backup) => backup.id === input.backupId)].map((backup) => backup.id);
  if (id === undefined || (await isWhollyStored(tools, projectId, id))) return;
  await store.transact((tx) => store.backups.change(tx, id, { state: 'DELETE_FAILED', failure }));
}

/** False also where the storage cannot be asked. */
async function isWhollyStored(tools: Deletion['tools'], projectId: string, backupId: string): Promise<boolean> {
  try {
    return await hasManifest(await tools.openStorage(await findAddress(tools, backupId), projectId), backupId);
  } catch {
    return false;
  }
}

async function removeStored(tools: WorkflowTools, projectId: string, backupId: string): Promise<void> {
  const storage = await tools.openStorage(await findAddress(tools, backupId), projectId);
  // The manifest first: without it the rest is no backup any more, whatever happens next.
  await storage.delete(`${backupId}/manifest.json`);
  await storage.deleteFolder(`${backupId}/`);
}
