import { toSize } from './sizes.ts';
import { verifyHealthy } from './verify.ts';
import type { Workflow } from './workflow.ts';

export const resizeFlavor: Workflow<'resize-flavor'> = {
  async run({ step, tools, input, ...context }) {
    await step('resize', async (inside) => {
      const instance = await context.instance();
      const { flavorId } = input;
      const size = toSize({ ...instance, flavorId });
      // The host's limits first when growing, so that the new settings fit; the engine keeps its old ones until it restarts.
      await tools.compute.resize(instance.id, size);
      await inside.command(instance.id, 'lifecycle.resize', { size });
      await tools.store.transact((tx) => tools.store.instances.change(tx, instance.id, { flavorId }));
      return undefined;
    });
    await step('restart', async (inside) => {
      await inside.command((await context.instance()).id, 'lifecycle.restart', {}, { deadlineMs: 3_600_000 });
      return undefined;
    });
    await step('verify', async (inside) => {
      await verifyHealthy(context, inside);
      return undefined;
    });
  },
};
