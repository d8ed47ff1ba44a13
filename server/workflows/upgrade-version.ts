import { GuestboardError } from '#contract/errors.ts';
import { backUpNewData } from './back-up-new-data.ts';
import { restartOnPrograms, retell, tryStart } from './restart-on-programs.ts';
import { recordBackup, settleBackup, storeBackup } from './store-backup.ts';
import { verifyVersion } from './verify.ts';
import type { StepContext, Workflow, WorkflowContext } from './workflow.ts';

type Context = Pick<WorkflowContext<'upgrade-version'>, 'tools' | 'instance' | 'input' | 'operationId' | 'has'>;

const dayMs = 24 * 3_600_000;

/**
 * Newer programs: replicas first, since an older source can be followed by a newer replica, and not always the other way round. Another
 * version: nothing of the old data is touched before the new lies whole beside it, and the old stays until the new has answered.
 */
export const upgradeVersion: Workflow<'upgrade-version'> = {
  async run(context) {
    const { step, input, operationId: purpose } = context;
    const isMajor = context.has('build');
    if (isMajor) {
      const asked = { name: `before-upgrade-${purpose.slice(0, 8)}`, parentId: null, storage: 'default' };
      await step('store', async (inside) => {
        await storeBackup({ ...context, asked }, inside);
        return recordBackup(context);
      });
      await step('build', async (inside) => {
        const { binFolder } = await findPrograms(context);
        const { id } = await context.instance();
        // By a command, so that no agent that is started anew starts it again: what tenants would write then would be in neither copy.
        await inside.command(id, 'lifecycle.stop', {});
        await inside.command(id, 'upgrade.build', { purpose, version: input.version, binFolder }, { deadlineMs: dayMs });
        return undefined;
      });
    }
    await step('switch', async (inside) => {
      if (isMajor) await exchange(context, inside);
      else {
        const { full } = await findPrograms(context);
        for (const id of await listMembers(context)) await restartOnPrograms(context, inside, id, full);
      }
      return undefined;
    });
    await step('verify', async (inside) => {
      const { full } = await findPrograms(context);
      for (const id of (await listMembers(context)).reverse()) await verifyVersion(context, inside, id, full);
      return `${full} answers`;
    });
    if (!isMajor) return;
    await step('settle', async (inside) => {
      await inside.command((await context.instance()).id, 'backup.settle', { purpose, keep: 'new' });
      return undefined;
    });
    await step('back-up', (inside) => backUpNewData(context, inside, 'upgrade'));
  },

  /** The old version comes back with its data, unless the new one has answered. Nobody stays down whom a start could bring back. */
  async undo(context, outcome, step) {
    const { store } = context.tools;
    if (context.has('build')) {
      await settleBackup(context, outcome);
      const operation = await store.operations.findForControlPlane(context.operationId);
      const reached = (key: string) => operation?.steps.find((one) => one.key === key)?.state ?? 'queued';
      if (reached('verify') === 'succeeded' || reached('build') === 'queued') return;
      await goBack(context, step);
    }
    for (const id of await listMembers(context))
      if ((await store.instances.findForControlPlane(id))?.desiredState === 'running')
        await step.tryCommand(id, 'lifecycle.start', {}, { deadlineMs: dayMs });
  },
};

/** Its replicas and then the instance itself. */
async function listMembers({ tools, instance }: Context): Promise<string[]> {
  const { id, projectId } = await instance();
  const all = await tools.store.instances.listOfProject(projectId);
  return [...all.filter(({ sourceId }) => sourceId === id).map((replica) => replica.id), id];
}

async function findPrograms({ tools, instance, input }: Context) {
  const { datastore } = await instance();
  const found = (await tools.compute.listVersions()).find((one) => one.datastore === datastore && one.version === input.version);
  if (found === undefined)
    throw new GuestboardError(
      'version-unavailable',
      `This host has no ${datastore} ${input.version} any more. Install its programs again.`,
    );
  return found;
}

/** Data and programs change together: in between nothing is started, by nobody. */
async function exchange(context: Context, inside: StepContext): Promise<void> {
  const { tools, instance, input, operationId: purpose } = context;
  const { store, compute } = tools;
  const { id, name } = await instance();
  await inside.command(id, 'lifecycle.stop', {});
  await inside.command(id, 'backup.exchange', { purpose });
  await compute.takeVersion(id, input.version);
  await store.transact((tx) => store.instances.change(tx, id, { version: input.version, desiredState: 'running' }));
  const fault = await tryStart(inside, id);
  if (fault === null) return;
  const { full } = await findPrograms(context);
  throw retell(
    fault,
    `${name} does not start on ${full}: ${fault.message} It goes back to its version of before, with its data as it was.`,
  );
}

async function goBack({ tools, instance, operationId: purpose }: Context, step: StepContext): Promise<void> {
  const { store, compute } = tools;
  const { id } = await instance();
  await step.command(id, 'lifecycle.stop', {});
  await step.command(id, 'backup.settle', { purpose, keep: 'old' });
  // The safety backup says which version the data was of: the instance's own word may be the new one already.
  const version = (await store.backups.findForControlPlane(purpose))?.version ?? (await instance()).version;
  await compute.takeVersion(id, version);
  await store.transact((tx) => store.instances.change(tx, id, { version }));
}
