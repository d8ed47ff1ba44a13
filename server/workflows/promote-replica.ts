import { GuestboardError, toFault } from '#contract/errors.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Tx } from '../store/database.ts';
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
  await drainArchive(context, step, sourceId);
  const members = await store.instances.listOfProject(projectId);
  const siblings = members.filter((member) => member.sourceId === sourceId && member.id !== id);
  await store.transact(async (tx) => {
    await store.instances.change(tx, id, { role: 'source', sourceId: null });
    await store.instances.change(tx, sourceId, { role: 'replica', sourceId: id });
    for (const sibling of siblings) await store.instances.change(tx, sibling.id, { sourceId: id });
    await handOver(context, tx, instance, members.find((member) => member.id === sourceId)?.name ?? 'its source');
  });
  return `Caught up to ${position}`;
}

/** What was committed last at the old source reaches its archive, too. The database takes writes again already: it is not waited for long. */
async function drainArchive({ tools: { store } }: Context, step: StepContext, sourceId: string): Promise<void> {
  const fencedMs = Date.now();
  if ((await store.archives.findReach(sourceId)) === null) return;
  const isStored = async () => (((await store.archives.findReach(sourceId)) ?? Number.POSITIVE_INFINITY) >= fencedMs ? true : null);
  await step
    .waitFor(isStored, { deadlineMs: 5000, everyMs: 100, sentence: () => 'The archive did not reach it.' })
    .catch((error: unknown) => {
      if (toFault(error).code !== 'deadline-passed') throw error;
    });
}

/** Schedules and archive go where the writes go, and begin there with a full backup: what was made before is of another history. */
async function handOver(context: Context, tx: Tx, { id, name, projectId, sourceId }: Instance, before: string): Promise<void> {
  const { tools, actor, operationId } = context;
  const { store } = tools;
  if (sourceId === null) return;
  const running = await store.backupSchedules.handOver(tx, sourceId, id);
  const isArchived = await store.archives.handOver(tx, sourceId, id);
  // A schedule makes it by itself, at once.
  if (running === 0 && isArchived) await store.owedBackups.owe(tx, id, actor.accountId);
  const follows = [running > 0 ? 'backup schedule' : null, isArchived ? 'continuous archive' : null]
    .filter((one) => one !== null)
    .join(' and ');
  const here = follows === '' ? 'Nothing backs it up by itself.' : `The ${follows} of ${before} went on to it, and a full backup begins.`;
  const there = follows === '' ? '' : ` The ${follows} went there; its backups stay here.`;
  const news = [
    { instanceId: id, sentence: `${actor.name} made this the source in place of ${before}. ${here}`, origin: `promoted/${operationId}` },
    { instanceId: sourceId, sentence: `${name} took this one’s place as the source.${there}`, origin: `replaced/${operationId}` },
  ];
  for (const { instanceId, sentence, origin } of news) {
    const event = { projectId, instanceId, code: instanceId === id ? 'promoted' : 'replaced', tone: 'info' as const, sentence };
    await store.events.record(tx, { ...event, detail: null, origin, at: new Date() });
  }
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
