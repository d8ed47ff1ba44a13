import { settleRole } from './replicas.ts';
import type { WorkflowContext } from './workflow.ts';

type Context = Pick<WorkflowContext, 'tools' | 'findInstance'>;

/** Ends everything that runs for the instance and removes it from its host. Repeating it is fine. */
export async function removeGuest({ tools, findInstance }: Context): Promise<undefined> {
  const instance = await findInstance();
  if (!instance) return;
  // First nobody may start its agent again.
  await tools.store.guests.clearToken(instance.id);
  tools.guests.disconnect(instance.id);
  await tools.compute.remove(instance.id);
}

/** Frees port and name; the instance is no longer found by anybody. */
export async function forgetInstance({ tools, findInstance }: Context): Promise<undefined> {
  const instance = await findInstance();
  if (!instance) return;
  await tools.store.transact(async (tx) => {
    await tools.store.leases.release(tx, instance.id);
    await tools.store.backupSchedules.removeOfInstance(tx, instance.id);
    await tools.store.archives.close(tx, instance.id);
    await tools.store.instances.forget(tx, instance.id);
  });
  if (instance.sourceId !== null) await settleRole(tools, instance.sourceId);
}
