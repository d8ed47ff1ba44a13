import { GuestboardError } from '#contract/errors.ts';
import type { Workflow } from './workflow.ts';

export const applyConfiguration: Workflow<'apply-configuration'> = {
  async run({ step, tools, input, ...context }) {
    const { configurationGroupId } = input;
    await step('apply', async (inside) => {
      const { id } = await context.instance();
      const group = configurationGroupId === null ? null : await tools.store.configurationGroups.findForControlPlane(configurationGroupId);
      if (configurationGroupId !== null && !group) throw new GuestboardError('refused', 'The configuration group does not exist any more.');
      const appliedValues = group?.values ?? {};
      const { restartRequired } = await inside.command(id, 'configuration.apply', { parameters: appliedValues });
      await tools.store.transact((tx) => tools.store.instances.change(tx, id, { appliedValues }));
      return restartRequired ? 'A restart is required for some of them' : 'All in effect';
    });
    await step('attach', async () => {
      const { id } = await context.instance();
      await tools.store.transact((tx) => tools.store.instances.change(tx, id, { configurationGroupId }));
      return undefined;
    });
  },
};
