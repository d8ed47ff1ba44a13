import { GuestboardError } from '#contract/errors.ts';
import type { CommandInput } from '#contract/guest/commands.ts';
import { planRestorePoint, toWholeMoment } from '#contract/restore-window.ts';
import { findStored, findTargetAddress } from './backup-storage.ts';
import type { WorkflowTools } from './workflow.ts';

type Data = Extract<CommandInput<'lifecycle.initialise'>['data'], { kind: 'point-in-time' }>;
/** `backupId`: from this backup; otherwise from the nearest one. */
type Asked = { projectId: string; instanceId: string; atMs: number; backupId?: string };

/**
 * A moment, with the backup and the archive that lead to it. Chosen anew by every execution: the base that was nearest before may have been
 * deleted meanwhile, another leads to the same moment. Throws `refused` where none does any more.
 */
export async function findPoint(tools: WorkflowTools, { projectId, instanceId, atMs: askedMs, backupId }: Asked): Promise<Data> {
  const { store } = tools;
  const window = await store.archives.findWindow(projectId, instanceId);
  const atMs = window === null ? askedMs : toWholeMoment(window, askedMs);
  const plan = window === null ? null : planRestorePoint(window, atMs, backupId);
  const span = plan === null ? null : await store.archives.findSpan(instanceId, plan.backupEndedAtMs, atMs);
  if (plan === null || span === null)
    throw new GuestboardError('refused', 'The moment can no longer be restored: its backup or archive was deleted.', {
      field: 'from.atMs',
    });
  return {
    kind: 'point-in-time',
    ...(await findStored(tools, projectId, plan.backupId)),
    archive: {
      instanceId,
      spanId: span.id,
      storage: await findTargetAddress(tools, span.storageTargetId),
      keys: await store.backupKeys.list(projectId, [span.keyId]),
      known: span.known,
    },
    atMs,
  };
}
