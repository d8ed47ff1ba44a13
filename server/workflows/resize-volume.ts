import { toSize } from './sizes.ts';
import { waitForFacts } from './verify.ts';
import type { Workflow } from './workflow.ts';

export const resizeVolume: Workflow<'resize-volume'> = {
  async run({ step, tools, input, ...context }) {
    await step('resize', async (inside) => {
      const instance = await context.instance();
      const { volumeBytes } = input;
      const size = toSize({ ...instance, volumeBytes });
      await tools.compute.resize(instance.id, size);
      await inside.command(instance.id, 'lifecycle.resize', { size });
      await tools.store.transact((tx) => tools.store.instances.change(tx, instance.id, { volumeBytes: BigInt(volumeBytes) }));
      return undefined;
    });
    await step('verify', async (inside) => {
      // A volume that is still too small stays read-only; so does a replica, and a stopped database has nothing to say.
      await waitForFacts(context, inside, 60_000, ({ guest }) => {
        if (guest === null || guest.processState !== 'running' || guest.role === 'replica') return true;
        const full = guest.volumeUsedBytes > input.volumeBytes * 0.95;
        return full || (guest.acceptsWrites && guest.volumeState !== 'read-only');
      });
      return undefined;
    });
  },
};
