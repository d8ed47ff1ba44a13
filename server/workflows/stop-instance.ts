import { waitForFacts } from './verify.ts';
import type { Workflow } from './workflow.ts';

export const stopInstance: Workflow<'stop-instance'> = {
  async run({ step, tools, ...context }) {
    await step('stop', async (inside) => {
      const { id } = await context.instance();
      await tools.store.transact((tx) => tools.store.instances.change(tx, id, { desiredState: 'stopped' }));
      await inside.command(id, 'lifecycle.stop', {});
      await waitForFacts(context, inside, 30_000, (instance) => instance.guest?.processState === 'stopped');
      return undefined;
    });
  },
};
