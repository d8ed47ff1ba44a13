import type { Workflow } from './workflow.ts';

export const renameInstance: Workflow<'rename-instance'> = {
  async run({ step, tools, input, ...context }) {
    await step('rename', async () => {
      const { id, name } = await context.instance();
      if (name !== input.name) await tools.store.transact((tx) => tools.store.instances.change(tx, id, { name: input.name }));
      return undefined;
    });
  },
};
