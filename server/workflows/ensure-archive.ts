import { hasCapability } from '#contract/datastores/definitions.ts';
import { toFault } from '#contract/errors.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { StepContext, WorkflowTools } from './workflow.ts';

const patienceMs = 15_000;

/**
 * An archive begins before the first full backup, so that the backup is a base from which any later moment can be reached. Nobody who
 * turned it off gets it back by this, and no backup fails for its sake.
 */
export async function ensureArchive({ store }: WorkflowTools, instance: Instance, step: StepContext): Promise<void> {
  const { id: instanceId, projectId, datastore } = instance;
  if (!hasCapability(datastore, 'archive') || instance.role === 'replica') return;
  const storageTargetId = (await store.storageTargets.findDefault(projectId))?.id ?? null;
  await store.transact((tx) => store.archives.begin(tx, { instanceId, projectId, storageTargetId }));
  if ((await store.archives.findWanted(instanceId))?.wanted !== true) return;
  const sentence = () => 'The archive did not begin in time.';
  await step
    .waitFor(async () => ((await store.archives.hasOpenSpan(instanceId)) ? true : null), { deadlineMs: patienceMs, everyMs: 200, sentence })
    .catch((error: unknown) => {
      if (toFault(error).code !== 'deadline-passed') throw error;
    });
}
