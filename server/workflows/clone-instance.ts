import { GuestboardError } from '#contract/errors.ts';
import { findStored } from './backup-storage.ts';
import { initialiseGuest } from './initialise-guest.ts';
import { noteDamage } from './note-damage.ts';
import { forgetInstance, removeGuest } from './removal.ts';
import { reserveGuest } from './reserve-guest.ts';
import { recordBackup, settleBackup, storeBackup } from './store-backup.ts';
import { verifyHealthy } from './verify.ts';
import type { Workflow } from './workflow.ts';

const dayMs = 24 * 3_600_000;

/** Clone and backup have the operation's own id: however often a step is repeated, there is one of each. */
export const cloneInstance: Workflow<'clone-instance'> = {
  async run(context) {
    const { step, tools, input, operationId, projectId, actor } = context;
    const { store, host } = tools;
    const instance = async () => {
      const clone = await store.instances.findForControlPlane(operationId);
      if (!clone) throw new GuestboardError('operation-lost', 'The clone is gone. Ask for it again.');
      return clone;
    };
    const clone = { tools, instance };
    await step('reserve-guest', async (inside) => {
      const source = await context.instance();
      await store.transact((tx) => store.clones.ensure(tx, { operationId, source, name: input.name, host: host.name, actor }));
      return reserveGuest(clone, inside);
    });
    await step('store', async (inside) => {
      await storeBackup({ ...context, asked: { name: `clone-${input.name}`.slice(0, 63), parentId: null, storage: 'default' } }, inside);
      const size = await recordBackup(context);
      const { id } = await context.instance();
      await store.transact((tx) => store.clones.releaseSource(tx, id, operationId));
      return size;
    });
    await step('initialise', async (inside) => {
      await initialiseGuest(clone, inside, { kind: 'backup', ...(await findStored(tools, projectId, operationId)) }, dayMs);
      return undefined;
    });
    await step('start', async (inside) => {
      await inside.command(operationId, 'lifecycle.start', {}, { deadlineMs: dayMs });
      return undefined;
    });
    await step('verify', async (inside) => {
      await verifyHealthy(clone, inside, 120_000);
      const { host: address, port } = await instance();
      return `${address}:${port} answers`;
    });
  },

  /** A clone that did not come to be is taken away whole; a backup that was completed stays. */
  async undo(context, outcome) {
    const { tools, operationId } = context;
    const { store } = tools;
    await settleBackup(context, outcome);
    await noteDamage(tools, operationId, outcome);
    const findInstance = () => store.instances.findForControlPlane(operationId);
    if ((await findInstance()) === null) return;
    await removeGuest({ tools, findInstance });
    await forgetInstance({ tools, findInstance });
  },
};
