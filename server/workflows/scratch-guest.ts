import { GuestboardError, toFault } from '#contract/errors.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Log } from '../log.ts';
import type { WorkflowTools } from './workflow.ts';

/** Where nobody but its own host can reach it. */
export const scratchAddress = '127.0.0.1';

/** The guest of the operation, read now. */
export async function getScratch({ store }: Pick<WorkflowTools, 'store'>, operationId: string): Promise<Instance> {
  const found = await store.instances.findForControlPlane(operationId);
  if (!found) throw new GuestboardError('operation-lost', 'The scratch guest is gone. Ask for it again.');
  return found;
}

/** Nothing of it is left. Repeating it is fine. */
export async function removeScratch({ store, guests, compute }: WorkflowTools, operationId: string): Promise<void> {
  if ((await store.instances.findForControlPlane(operationId)) === null) return;
  // First nobody may start its agent again.
  await store.guests.clearToken(operationId);
  guests.disconnect(operationId);
  await compute.remove(operationId);
  await store.transact(async (tx) => {
    await store.leases.release(tx, operationId);
    await store.instances.forget(tx, operationId);
  });
}

/** What operations could not put away themselves: their guests, and reports and backups that would wait for ever. */
export async function sweepScratch(tools: WorkflowTools, log: Log): Promise<void> {
  const { store, host } = tools;
  for (const id of await store.scratchGuests.listAbandoned(host.name)) {
    await removeScratch(tools, id).catch((error: unknown) =>
      log.warn({ operation: id, fault: toFault(error) }, 'A scratch guest could not be removed; it is tried again.'),
    );
  }
  for (const id of await store.backupProofs.listAbandoned()) {
    const cause = 'The operation was lost before it came to a result.';
    const data = { state: 'undecided', endedAt: new Date(), cause, nextStep: 'Prove the backup again.' };
    await store.transact((tx) => store.backupProofs.change(tx, id, data));
  }
  for (const id of await store.backups.listAbandoned()) {
    const failure = 'Its operation was ended before it, as when the instance is deleted by force.';
    await store.transact((tx) => store.backups.change(tx, id, { state: 'FAILED', failure, endedAt: new Date() }));
  }
  await store.scratchGuests.prune();
}
