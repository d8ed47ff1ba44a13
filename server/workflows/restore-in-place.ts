import { GuestboardError, toFault } from '#contract/errors.ts';
import { backUpNewData } from './back-up-new-data.ts';
import { findStored } from './backup-storage.ts';
import { noteDamage } from './note-damage.ts';
import { recordBackup, settleBackup, storeBackup } from './store-backup.ts';
import { verifyHealthy } from './verify.ts';
import type { Workflow, WorkflowContext } from './workflow.ts';

const dayMs = 24 * 3_600_000;

/** Nothing of the running database is touched before the other data lies whole beside it; the old data stays until the new answers. */
export const restoreInPlace: Workflow<'restore-in-place'> = {
  async run(context) {
    const { step, tools, input, operationId: purpose, projectId } = context;
    const getId = async () => (await context.instance()).id;
    if (context.has('store')) {
      const asked = { name: `before-restore-${purpose.slice(0, 8)}`, parentId: null, storage: 'default' as const };
      await step('store', async (inside) => {
        await storeBackup({ ...context, asked }, inside);
        return recordBackup(context);
      });
    }
    await step('fetch', async (inside) => {
      const stored = await findStored(tools, projectId, input.backupId);
      await inside.command(await getId(), 'backup.fetch', { purpose, ...stored }, { deadlineMs: dayMs }).catch(async (error: unknown) => {
        await noteDamage(tools, input.backupId, { state: 'failed', ...toFault(error) });
        throw sayUntouched(error);
      });
      return undefined;
    });
    await step('exchange', async (inside) => {
      const id = await getId();
      const beganMs = Date.now();
      // From here on both may lie there, until one of them is settled on.
      await tools.store.transact((tx) => tools.store.instances.change(tx, id, { unsettledRestoreId: purpose }));
      await inside.command(id, 'lifecycle.stop', {});
      await inside.command(id, 'backup.exchange', { purpose });
      await inside.command(id, 'lifecycle.start', {}, { deadlineMs: dayMs });
      return `Down for ${((Date.now() - beganMs) / 1000).toFixed(1)} s`;
    });
    await step('verify', (inside) => verifyHealthy(context, inside, 120_000).then(() => undefined));
    await step('settle', async (inside) => {
      const id = await getId();
      await inside.command(id, 'backup.settle', { purpose, keep: 'new' });
      await tools.store.transact((tx) =>
        tools.store.instances.change(tx, id, { unsettledRestoreId: null, dataSince: new Date(), desiredState: 'running' }),
      );
      return undefined;
    });
    await step('back-up', (inside) => backUpNewData(context, inside));
  },

  /**
   * The old data comes back, and runs if it is meant to. Where the new one answers already, only what was put aside is left to remove. What cannot
   * be undone now stays unsettled, for a person to decide.
   */
  async undo(context, outcome, step) {
    const { tools, operationId: purpose } = context;
    if (context.has('store')) await settleBackup(context, outcome);
    const { id, desiredState } = await context.instance();
    const operation = await tools.store.operations.findForControlPlane(purpose);
    const reached = (key: string) => operation?.steps.find((one) => one.key === key)?.state ?? 'queued';
    if (reached('verify') === 'succeeded') return;
    if (reached('exchange') !== 'queued') await step.command(id, 'lifecycle.stop', {});
    await step.command(id, 'backup.settle', { purpose, keep: 'old' });
    await tools.store.transact((tx) => tools.store.instances.change(tx, id, { unsettledRestoreId: null }));
    if (reached('exchange') === 'queued') return;
    const isToRun = desiredState === 'running';
    if (isToRun) await step.command(id, 'lifecycle.start', {}, { deadlineMs: dayMs });
    await tellBack(context, id, isToRun);
  },
};

/** Whoever reads that a restore failed asks first what is left. */
function sayUntouched(error: unknown): unknown {
  if (!(error instanceof GuestboardError)) return error;
  const { code, message, detail, field } = error;
  const next = code === 'backup-damaged' ? ' Restore another backup.' : '';
  return new GuestboardError(code, `${message} Nothing of the present data was changed.${next}`, { detail, field, cause: error });
}

/** Why it failed says the operation. Whoever reads that the restored data did not start asks what there is now. */
async function tellBack(
  { tools: { store }, operationId, projectId }: WorkflowContext<'restore-in-place'>,
  instanceId: string,
  isRunning: boolean,
): Promise<void> {
  const runs = isRunning ? ', and the database runs on it' : '';
  const sentence = `The restore in place did not end well: the data of before is back${runs}. Nothing of it was lost.`;
  const about = { projectId, instanceId, code: 'restore-undone', tone: 'attention' as const, sentence, detail: null };
  await store.transact((tx) => store.events.record(tx, { ...about, at: new Date(), origin: `restore-undone/${operationId}` }));
}
