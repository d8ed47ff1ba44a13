import { findEarlier } from '#contract/operations/restore-fit.ts';
import type { Workflow, WorkflowTools } from './workflow.ts';

type Outcome = Parameters<NonNullable<Workflow<'restore-in-place'>['undo']>>[1];

/** A restore that found its backup damaged closes it to the next one, until a proof finds it whole; what can be restored instead is named. */
export async function noteDamage({ store }: Pick<WorkflowTools, 'store'>, backupId: string, outcome: Outcome): Promise<void> {
  if (outcome.state !== 'failed' || outcome.code !== 'backup-damaged') return;
  const backup = await store.backups.findForControlPlane(backupId);
  if (backup?.state !== 'COMPLETED') return;
  const { id, name, projectId, instanceId } = backup;
  const instead = await nameInstead({ store }, backup);
  await store.transact(async (tx) => {
    await store.backups.change(tx, id, { state: 'CORRUPT', failure: outcome.sentence });
    if (instanceId === null) return;
    const sentence = `The backup ${name} could not be restored: ${outcome.sentence} ${instead}`;
    const event = { projectId, instanceId, code: 'backup-damaged', tone: 'broken' as const, sentence, detail: outcome.detail ?? null };
    await store.events.record(tx, { ...event, at: new Date() });
  });
}

/** What can be restored instead of a damaged one. */
export async function nameInstead(
  { store }: Pick<WorkflowTools, 'store'>,
  backup: Parameters<typeof findEarlier>[1] & { projectId: string },
) {
  const earlier = findEarlier(await store.backups.listOfProject(backup.projectId), backup);
  return earlier === null ? 'No complete one was made before it.' : `The newest complete one before it is ${earlier.name}.`;
}
