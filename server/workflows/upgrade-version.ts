import { GuestboardError } from '#contract/errors.ts';
import { compareVersions } from '#contract/upgrades.ts';
import { verifyHealthy } from './verify.ts';
import type { StepContext, Workflow, WorkflowContext } from './workflow.ts';

type Context = Pick<WorkflowContext<'upgrade-version'>, 'tools' | 'instance' | 'input'>;

const dayMs = 24 * 3_600_000;

/** Replicas first: an older source can be followed by a newer replica, and not always the other way round. */
export const upgradeVersion: Workflow<'upgrade-version'> = {
  async run(context) {
    const { step } = context;
    await step('switch', async (inside) => {
      for (const id of await listMembers(context)) await restartOnPrograms(context, inside, id);
      return undefined;
    });
    await step('verify', async (inside) => {
      const { full } = await findPrograms(context);
      for (const id of await listMembers(context)) await verifyVersion(context, inside, id, full);
      return `${full} answers`;
    });
  },

  /** Nobody stays down whom a restart could bring back. */
  async undo(context, _outcome, step) {
    for (const id of await listMembers(context)) {
      const { desiredState } = await context.tools.store.instances.findForControlPlane(id).then((found) => found ?? { desiredState: null });
      if (desiredState === 'running') await step.tryCommand(id, 'lifecycle.start', {}, { deadlineMs: dayMs });
    }
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

/** One that was stopped on purpose has the new programs from its next start on. */
async function restartOnPrograms(context: Context, inside: StepContext, id: string): Promise<void> {
  const { store, compute } = context.tools;
  await inside.command(id, 'lifecycle.stop', {});
  await compute.takeVersion(id, context.input.version);
  if ((await store.instances.findForControlPlane(id))?.desiredState !== 'running') return;
  await inside.command(id, 'lifecycle.start', {}, { deadlineMs: dayMs });
}

/** What the engine itself answers is what counts, not which file was started. */
async function verifyVersion({ tools }: Context, inside: StepContext, id: string, full: string): Promise<void> {
  const member = {
    instance: async () => {
      const found = await tools.store.instances.findForControlPlane(id);
      if (found === null) throw new GuestboardError('not-found', 'The instance does not exist any more.');
      return found;
    },
  };
  if ((await member.instance()).desiredState !== 'running') return;
  await verifyHealthy(member, inside, 120_000);
  // What was reported a moment ago may still be of the life before.
  let running: string | null = null;
  await inside.waitFor(
    async () => {
      running = (await member.instance()).guest?.version ?? null;
      return running !== null && compareVersions(running, full) === 0 ? true : null;
    },
    { deadlineMs: 20_000, everyMs: 40, sentence: () => `It answers as version ${running ?? 'unknown'}, although ${full} is installed.` },
  );
}
