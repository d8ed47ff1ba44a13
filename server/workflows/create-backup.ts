import { recordBackup, settleBackup, storeBackup } from './store-backup.ts';
import type { Workflow } from './workflow.ts';

export const createBackup: Workflow<'create-backup'> = {
  async run({ step, input, ...context }) {
    await step('store', (inside) => storeBackup({ ...context, asked: input }, inside));
    await step('record', () => recordBackup(context));
  },

  undo: (context, outcome) => settleBackup(context, outcome),
};
