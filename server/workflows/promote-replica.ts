import { GuestboardError } from '#contract/errors.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Tx } from '../store/database.ts';
import { drainArchive } from './await-archive.ts';
import { applyInherited, inheritGroup } from './inherit-group.ts';
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
  // It takes writes again already; what the old source committed last is to reach its archive before nobody archives there any more.
  await drainArchive(context.tools, sourceId, step);
  const members = await store.instances.listOfProject(projectId);
  const siblings = members.filter((member) => member.sourceId === sourceId && member.id !== id);
  const source = members.find((member) => member.id === sourceId);
  const before = { id: sourceId, name: source?.name ?? 'its source' };
  await store.transact(async (tx) => {
    await store.instances.change(tx, id, { role: 'source', sourceId: null });
    await store.instances.change(tx, sourceId, { role: 'replica', sourceId: id });
    for (const sibling of siblings) await store.instances.change(tx, sibling.id, { sourceId: id });
    await inheritGroup(context.tools, tx, source, instance);
    await handOver(context, tx, before, instance);
  });
  return `Caught up to ${position}`;
}

/** Schedules and archive go where the writes go, and begin there with a full backup: what was made before is of another history. */
async function handOver(
  { tools: { store }, actor, operationId, projectId }: Context,
  tx: Tx,
  before: Pick<Instance, 'id' | 'name'>,
  { id, name }: Instance,
): Promise<void> {
  const running = await store.backupSchedules.handOver(tx, before.id, id);
  const isArchived = await store.archives.handOver(tx, before.id, id);
  // A schedule makes it by itself, at once.
  if (running === 0 && isArchived) await store.owedBackups.owe(tx, id, actor.accountId);
  const follows = [running > 0 ? 'backup schedule' : null, isArchived ? 'continuous archive' : null]
    .filter((one) => one !== null)
    .join(' and ');
  const here =
    follows === '' ? 'Nothing backs it up by itself.' : `The ${follows} of ${before.name} went on to it, and a full backup begins.`;
  const there = follows === '' ? '' : ` The ${follows} went there; its backups stay here.`;
  const said = { projectId, tone: 'info' as const, detail: null, at: new Date() };
  const promoted = `${actor.name} made this the source in place of ${before.name}. ${here}`;
  const replaced = `${name} took this one’s place as the source.${there}`;
  await store.events.record(tx, { ...said, instanceId: id, code: 'promoted', sentence: promoted, origin: `promoted/${operationId}` });
  await store.events.record(tx, {
    ...said,
    instanceId: before.id,
    code: 'replaced',
    sentence: replaced,
    origin: `replaced/${operationId}`,
  });
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
  const applied = await applyInherited(tools, step, source);
  await verifyHealthy(context, step);
  const silent = followers.find((follower) => follower.guest === null);
  if (silent) throw new GuestboardError('step-failed', `${silent.name} has not reported yet.`);
  return [`${followers.length} following`, applied].filter((said) => said !== null).join('; ');
}
