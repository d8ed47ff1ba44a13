import { verifyHealthy } from './verify.ts';
import type { Workflow } from './workflow.ts';

export const startInstance: Workflow<'start-instance'> = {
  async run({ step, tools, ...context }) {
    await step('start', async (inside) => {
      const { id } = await context.instance();
      await tools.store.transact((tx) => tools.store.instances.change(tx, id, { desiredState: 'running' }));
      await inside.command(id, 'lifecycle.start', {}, { deadlineMs: 3_600_000 });
      return undefined;
    });
    await step('verify', async (inside) => {
      await verifyHealthy(context, inside);
      return undefined;
    });
  },
};
