import { GuestboardError } from '#contract/errors.ts';
import type { CommandInput } from '#contract/guest/commands.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { findStored } from './backup-storage.ts';
import { createAccounts } from './create-accounts.ts';
import { findPoint } from './find-point.ts';
import { initialiseGuest } from './initialise-guest.ts';
import { noteDamage } from './note-damage.ts';
import { forgetInstance, removeGuest } from './removal.ts';
import { admit, nameSlot, settleRole } from './replicas.ts';
import { reserveGuest } from './reserve-guest.ts';
import { verifyHealthy } from './verify.ts';
import type { StepContext, Workflow, WorkflowContext } from './workflow.ts';

type Context = WorkflowContext<'create-instance'>;

const hourMs = 3_600_000;

export const createInstance: Workflow<'create-instance'> = {
  async run(context) {
    const { tools, input, step } = context;
    await step('reserve-guest', (inside) => reserveGuest(context, inside));
    if (input.from.kind === 'replica') {
      await step('admit-replica', async (inside) => {
        const replica = await context.instance();
        const source = await getSource(context);
        await admit(tools, inside, source, replica);
        await settleRole(tools, source.id);
        return `At ${source.name}`;
      });
    }
    await step('initialise', (inside) => initialise(context, inside));
    await step('start', async (inside) => {
      const { id } = await context.instance();
      await inside.command(id, 'lifecycle.start', {}, { deadlineMs: hourMs });
      return undefined;
    });
    if (context.has('create-accounts')) await step('create-accounts', (inside) => createAccounts(context, inside));
    await step('verify', async (inside) => {
      await verifyHealthy(context, inside, 120_000);
      const { host, port } = await context.instance();
      return `${host}:${port} answers`;
    });
  },

  async undo(context, outcome, step) {
    const { tools, input } = context;
    // Of a moment it may be the archive that is damaged: that says nothing of the backup.
    if (input.from.kind === 'backup') await noteDamage(tools, input.from.backupId, outcome);
    if (outcome.state !== 'cancelled') return;
    const instance = await context.findInstance();
    if (!instance) return;
    await removeGuest(context);
    if (instance.sourceId !== null && context.has('admit-replica')) {
      await step.tryCommand(instance.sourceId, 'replication.dismissReplica', { slot: nameSlot(instance.id) }, { deadlineMs: 20_000 });
    }
    await forgetInstance(context);
  },
};

async function initialise(context: Context, step: StepContext): Promise<undefined> {
  const deadlineMs = context.input.from.kind === 'empty' ? 300_000 : 24 * hourMs;
  await initialiseGuest(context, step, await toInitialData(context, step, await context.instance()), deadlineMs);
}

async function toInitialData(
  context: Context,
  step: StepContext,
  instance: Instance,
): Promise<CommandInput<'lifecycle.initialise'>['data']> {
  const { tools, input } = context;
  if (input.from.kind === 'empty') return input.from;
  if (input.from.kind === 'backup') {
    const { backupId } = input.from;
    return { kind: 'backup', ...(await findStored(tools, context.projectId, backupId)) };
  }
  if (input.from.kind === 'point-in-time') return findPoint(tools, { projectId: context.projectId, ...input.from });
  // Asked again: where the copy is given out may have changed since.
  return { kind: 'replica', source: await admit(tools, step, await getSource(context), instance) };
}

async function getSource({ tools, input }: Context): Promise<Instance> {
  const source = input.from.kind === 'replica' ? await tools.store.instances.findForControlPlane(input.from.sourceId) : null;
  if (!source) throw new GuestboardError('refused', 'The source does not exist any more.');
  return source;
}
