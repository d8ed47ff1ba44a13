import { GuestboardError } from '#contract/errors.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { admit, nameSlot } from './replicas.ts';
import { verifyHealthy, waitForFacts } from './verify.ts';
import type { StepContext, Workflow, WorkflowContext } from './workflow.ts';

type Context = WorkflowContext<'promote-replica'>;

export const promoteReplica: Workflow<'promote-replica'> = {
  async run(context) {
    const { step } = context;
    await step('fence-source', async (inside) => {
      const { sourceId } = await context.instance();
      // Roles are swapped already when an earlier attempt came this far.
      if (sourceId === null) return undefined;
      const { position } = await inside.command(sourceId, 'replication.fence', {});
      return `Last position ${position}`;
    });
    await step('promote', (inside) => promote(context, inside));
    await step('repoint', (inside) => repoint(context, inside));
  },

  async undo(context, _outcome, step) {
    const { id, sourceId } = await context.instance();
    if (sourceId === null) return;
    // Only a replica that certainly did not open leaves the source free to write again.
    const { inRecovery } = await step.query(id, 'replication.position', {}, 20_000);
    if (inRecovery) await step.tryCommand(sourceId, 'replication.unfence', {}, { deadlineMs: 120_000 });
  },
};

async function promote(context: Context, step: StepContext): Promise<string | undefined> {
  const { store } = context.tools;
  const instance = await context.instance();
  const { id, sourceId, projectId } = instance;
  if (sourceId === null) return undefined;
  const { position } = await step.command(sourceId, 'replication.fence', {});
  await step.command(id, 'replication.promote', { reach: position });
  await waitForFacts(context, step, 60_000, ({ guest }) => guest?.acceptsWrites === true);
  const members = await store.instances.listOfProject(projectId);
  const siblings = members.filter((member) => member.sourceId === sourceId && member.id !== id);
  const before = members.find((member) => member.id === sourceId)?.name ?? 'its source';
  const event = {
    code: 'promoted',
    tone: 'info' as const,
    sentence: `${context.actor.name} made this the source in place of ${before}, whose backups, schedule and archive did not follow. Make a full backup here.`,
    origin: `promoted/${context.operationId}`,
  };
  await store.transact(async (tx) => {
    await store.instances.change(tx, id, { role: 'source', sourceId: null });
    await store.instances.change(tx, sourceId, { role: 'replica', sourceId: id });
    for (const sibling of siblings) await store.instances.change(tx, sibling.id, { sourceId: id });
    await store.events.record(tx, { ...event, projectId, instanceId: id, detail: null, at: new Date() });
  });
  return `Caught up to ${position}`;
}

/** The other replicas first, so that the set has a copy again as soon as may be; the old source last. */
async function repoint(context: Context, step: StepContext): Promise<string> {
  const { tools } = context;
  const source = await context.instance();
  const followers = (await tools.store.instances.listOfProject(source.projectId)).filter((member) => member.sourceId === source.id);
  const isFenced = (member: Instance) => member.guest?.replication?.connected !== true;
  followers.sort((a, b) => Number(isFenced(a)) - Number(isFenced(b)));
  for (const follower of followers) {
    const address = await admit(tools, step, source, follower);
    await step.command(follower.id, 'replication.follow', { source: address }, { deadlineMs: 24 * 3_600_000 });
    // Slots of the time when it was the source would keep its log for ever.
    for (const other of [source, ...followers.filter((one) => one.id !== follower.id)]) {
      const slot = nameSlot(other.id);
      await step.tryCommand(follower.id, 'replication.dismissReplica', { slot }, { deadlineMs: 20_000, key: `${follower.id}/${slot}` });
    }
  }
  await verifyHealthy(context, step);
  const silent = followers.find((follower) => follower.guest === null);
  if (silent) throw new GuestboardError('step-failed', `${silent.name} has not reported yet.`);
  return `${followers.length} following`;
}
