import { verifyHealthy } from './verify.ts';
import type { Workflow } from './workflow.ts';

export const restartInstance: Workflow<'restart-instance'> = {
  async run({ step, tools, ...context }) {
    await step('restart', async (inside) => {
      const { id, desiredState } = await context.instance();
      if (desiredState !== 'running') await tools.store.transact((tx) => tools.store.instances.change(tx, id, { desiredState: 'running' }));
      await inside.command(id, 'lifecycle.restart', {}, { deadlineMs: 3_600_000 });
      return undefined;
    });
    await step('verify', async (inside) => {
      await verifyHealthy(context, inside);
      return undefined;
    });
  },
};
