import { toStatusFacts } from '#contract/resources/instance.ts';
import { isSilent } from '#contract/status.ts';
import { forgetInstance, removeGuest } from './removal.ts';
import { nameSlot } from './replicas.ts';
import type { Workflow } from './workflow.ts';

export const deleteInstance: Workflow<'delete-instance'> = {
  async run(context) {
    const { step, tools } = context;
    await step('stop', async (inside) => {
      const { id } = await context.instance();
      await tools.store.transact((tx) => tools.store.instances.change(tx, id, { desiredState: 'stopped' }));
      const instance = await context.instance();
      // What cannot be asked to stop is ended with its guest.
      if (instance.guest === null || isSilent(toStatusFacts(instance), Date.now()))
        return 'The agent is silent; the database is ended with its guest';
      const stopped = await inside.tryCommand(id, 'lifecycle.stop', {}, { deadlineMs: 90_000 });
      return stopped === null ? 'It did not stop in order; it is ended with its guest' : undefined;
    });
    if (context.has('dismiss-replica')) {
      await step('dismiss-replica', async (inside) => {
        const { id, sourceId } = await context.instance();
        if (sourceId === null) return undefined;
        const done = await inside.tryCommand(sourceId, 'replication.dismissReplica', { slot: nameSlot(id) }, { deadlineMs: 30_000 });
        return done === null ? 'The source could not be asked; its slot for this replica stays' : undefined;
      });
    }
    await step('remove-guest', () => removeGuest(context));
    await step('forget', () => forgetInstance(context));
  },
};
