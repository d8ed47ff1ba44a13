import { forgetInstance, removeGuest } from './removal.ts';
import { nameSlot } from './replicas.ts';
import type { Workflow } from './workflow.ts';

export const forceDeleteInstance: Workflow<'force-delete-instance'> = {
  async run(context) {
    await context.step('remove-guest', async (inside) => {
      const instance = await context.findInstance();
      await removeGuest(context);
      if (!instance?.sourceId) return undefined;
      // A slot nobody reads from would fill the source's volume.
      await inside.tryCommand(instance.sourceId, 'replication.dismissReplica', { slot: nameSlot(instance.id) }, { deadlineMs: 10_000 });
      return undefined;
    });
    await context.step('forget', () => forgetInstance(context));
  },
};
