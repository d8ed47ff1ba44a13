import { nameSlot, settleRole } from './replicas.ts';
import { waitForFacts } from './verify.ts';
import type { Workflow } from './workflow.ts';

export const detachReplica: Workflow<'detach-replica'> = {
  async run({ step, tools, ...context }) {
    await step('promote', async (inside) => {
      const { id } = await context.instance();
      await inside.command(id, 'replication.promote', { reach: null });
      await waitForFacts(context, inside, 60_000, ({ guest }) => guest?.acceptsWrites === true);
      return undefined;
    });
    await step('dismiss-replica', async (inside) => {
      const { id, sourceId } = await context.instance();
      if (sourceId === null) return undefined;
      const done = await inside.tryCommand(sourceId, 'replication.dismissReplica', { slot: nameSlot(id) }, { deadlineMs: 30_000 });
      return done === null ? 'The source could not be asked; its slot for this replica stays' : undefined;
    });
    await step('forget-source', async () => {
      const { id, sourceId } = await context.instance();
      if (sourceId === null) return undefined;
      await tools.store.transact((tx) => tools.store.instances.change(tx, id, { role: 'standalone', sourceId: null }));
      await settleRole(tools, sourceId);
      return undefined;
    });
  },
};
