import type { Workflow } from './workflow.ts';

/** The claim of what ran before ended in the moment this operation was opened; here the instance's own marks are put right. */
export const resetStatus: Workflow<'reset-status'> = {
  async run({ step, tools, ...context }) {
    await step('release-claim', async () => {
      const { id } = await context.instance();
      await tools.store.transact((tx) => tools.store.instances.change(tx, id, { errored: false }));
      return undefined;
    });
    await step('look-again', async () => {
      const { id } = await context.instance();
      const facts = await tools.guests.query(id, 'lifecycle.probe', {}, 5000).catch(() => null);
      return facts === null ? 'The agent does not answer; its last report stands' : `The database is ${facts.processState}`;
    });
  },
};
