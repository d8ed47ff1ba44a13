import { createHash } from 'node:crypto';
import { toFault } from '#contract/errors.ts';
import { toNotBackedUp } from '../not-backed-up.ts';
import { isOutage } from '../store/outage.ts';
import { Cancelled, isStale } from './step-context.ts';
import { recordBackup, settleBackup, storeBackup } from './store-backup.ts';
import type { StepContext, WorkflowContext } from './workflow.ts';

type Context = Pick<WorkflowContext, 'tools' | 'operationId' | 'actor' | 'instance'>;

/**
 * A full backup of data that was just put in place: what is archived from then on can be restored from it alone, and increments build on it.
 * The restore, or the upgrade, has gone well by then: a backup that fails is said, and fails nothing else.
 */
export async function backUpNewData(context: Context, inside: StepContext, after: 'restore' | 'upgrade' = 'restore'): Promise<string> {
  const { tools, operationId } = context;
  const backup = { ...context, backupId: deriveId(operationId) };
  try {
    await storeBackup(
      { ...backup, asked: { name: `after-${after}-${operationId.slice(0, 8)}`, parentId: null, storage: 'default', isOfNewData: true } },
      inside,
    );
    return await recordBackup(backup);
  } catch (error) {
    if (isStale(error) || isOutage(error)) throw error;
    const fault = toFault(error);
    await settleBackup(backup, error instanceof Cancelled ? { state: 'cancelled' } : { state: 'failed', ...fault });
    const cause = error instanceof Cancelled ? { ...fault, sentence: 'It was cancelled.' } : fault;
    const { id: instanceId, projectId } = await context.instance();
    const event = toNotBackedUp({ projectId, instanceId }, after, cause);
    await tools.store.transact((tx) => tools.store.events.record(tx, event));
    return event.sentence;
  }
}

/** Another id of the same operation, always the same. */
function deriveId(operationId: string): string {
  const hex = createHash('sha256').update(`${operationId}/after`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
