import { GuestboardError } from '#contract/errors.ts';
import { backUpNewData } from './back-up-new-data.ts';
import { verifyHealthy } from './verify.ts';
import type { Workflow } from './workflow.ts';

const dayMs = 24 * 3_600_000;

/** Nothing is undone: whatever it was cut off at, it can be asked again, with the same choice or the other as long as both lie there. */
export const settleRestore: Workflow<'settle-restore'> = {
  async run(context) {
    const { step, tools, input } = context;
    const { store } = tools;
    await step('exchange', async (inside) => {
      const { id, unsettledRestoreId: purpose } = await context.instance();
      if (purpose === null) throw new GuestboardError('refused', 'The restore was settled meanwhile.');
      await inside.command(id, 'lifecycle.stop', {});
      if (input.keep === 'old') await inside.command(id, 'backup.settle', { purpose, keep: 'old' });
      else await inside.command(id, 'backup.exchange', { purpose });
      await store.transact((tx) => store.instances.change(tx, id, { desiredState: 'running' }));
      await inside.command(id, 'lifecycle.start', {}, { deadlineMs: dayMs });
      return undefined;
    });
    await step('verify', (inside) => verifyHealthy(context, inside, 120_000).then(() => undefined));
    await step('settle', async (inside) => {
      const { id, unsettledRestoreId: purpose } = await context.instance();
      if (purpose === null) return undefined;
      await inside.command(id, 'backup.settle', { purpose, keep: input.keep === 'old' ? 'old' : 'new' });
      const since = input.keep === 'old' ? {} : { dataSince: new Date() };
      await store.transact((tx) => store.instances.change(tx, id, { unsettledRestoreId: null, ...since }));
      return undefined;
    });
    if (context.has('back-up')) await step('back-up', (inside) => backUpNewData(context, inside));
  },
};
