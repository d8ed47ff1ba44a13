import { hasCapability } from '#contract/datastores/definitions.ts';
import { toFault } from '#contract/errors.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { StepContext, WorkflowTools } from './workflow.ts';

const patienceMs = 30_000;
const drainMs = 5000;

/**
 * An archive begins before the first full backup, so that the backup is a base from which any later moment can be reached. Nobody who
 * turned it off gets it back by this, and no backup fails for its sake. `sinceMs`: where the data was exchanged, the archive of what was
 * there before may not have ended yet; only that of the new data reaches further than this.
 */
export async function ensureArchive({ store }: WorkflowTools, instance: Instance, step: StepContext, sinceMs = 0): Promise<void> {
  const { id: instanceId, projectId, datastore } = instance;
  if (!hasCapability(datastore, 'archive') || instance.role === 'replica') return;
  const storageTargetId = (await store.storageTargets.findDefault(projectId))?.id ?? null;
  await store.transact((tx) => store.archives.begin(tx, { instanceId, projectId, storageTargetId }));
  if ((await store.archives.findWanted(instanceId))?.wanted !== true) return;
  await waitAtMost(step, patienceMs, async () => ((await store.archives.findReach(instanceId)) ?? -1) >= sinceMs);
}

/** What was committed before now reaches the archive that grows, if there is one; that is not waited for long. */
export async function drainArchive({ store }: WorkflowTools, instanceId: string, step: StepContext): Promise<void> {
  const askedMs = Date.now();
  await waitAtMost(step, drainMs, async () => ((await store.archives.findReach(instanceId)) ?? askedMs) >= askedMs);
}

/** Nothing fails because an archive is late. */
async function waitAtMost(step: StepContext, deadlineMs: number, look: () => Promise<boolean>): Promise<void> {
  const sentence = () => 'The archive did not get there in time.';
  await step
    .waitFor(async () => ((await look()) ? true : null), { deadlineMs, everyMs: 200, sentence })
    .catch((error: unknown) => {
      if (toFault(error).code !== 'deadline-passed') throw error;
    });
}
