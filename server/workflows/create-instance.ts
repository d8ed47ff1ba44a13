import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { GuestboardError } from '#contract/errors.ts';
import { type BackupKey, BackupManifest, type CommandInput } from '#contract/guest/commands.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { planRestorePoint } from '#contract/restore-window.ts';
import { findAddress, findTargetAddress } from './backup-storage.ts';
import { createAccounts } from './create-accounts.ts';
import { admit, getCredentials, nameSlot, settleRole, toSourceAddress } from './replicas.ts';
import { toSize } from './sizes.ts';
import { verifyHealthy, waitForFacts } from './verify.ts';
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
    if (outcome.state !== 'cancelled') return;
    const { tools } = context;
    const instance = await context.findInstance();
    if (!instance) return;
    await tools.store.guests.clearToken(instance.id);
    tools.guests.disconnect(instance.id);
    await tools.compute.remove(instance.id);
    if (instance.sourceId !== null && context.has('admit-replica')) {
      await step.tryCommand(instance.sourceId, 'replication.dismissReplica', { slot: nameSlot(instance.id) }, { deadlineMs: 20_000 });
    }
    await tools.store.transact(async (tx) => {
      await tools.store.leases.release(tx, instance.id);
      await tools.store.instances.forget(tx, instance.id);
    });
    if (instance.sourceId !== null) await settleRole(tools, instance.sourceId);
  },
};

async function reserveGuest(context: Context, step: StepContext): Promise<string> {
  const { tools } = context;
  const { store, compute, host } = tools;
  const { id } = await context.instance();
  const port = await store.leases.take(id, {
    host: host.name,
    range: host.portRange,
    isFree: (candidate) => isFree(candidate, host.listenAddress),
  });
  const startedMs = Date.now();
  if ((await compute.probe(id)).agentPid === null || (await context.instance()).agentSeenAt === null) {
    const instance = await context.instance();
    const token = randomBytes(32).toString('base64url');
    await store.transact((tx) => store.guests.setToken(tx, id, token));
    await compute.create({
      instanceId: id,
      projectId: instance.projectId,
      instanceName: instance.name,
      datastore: instance.datastore,
      version: instance.version,
      port,
      listenAddress: host.listenAddress,
      peers: [],
      controlPlaneUrl: host.controlPlaneUrl,
      token,
      heartbeatIntervalMs: tools.heartbeatIntervalMs,
      size: toSize(instance),
    });
  }
  await waitForFacts(
    context,
    step,
    60_000,
    (instance) => instance.agentSeenAt !== null && Date.parse(instance.agentSeenAt) > startedMs - 5000,
  );
  return `Port ${port} on ${host.name}`;
}

async function initialise(context: Context, step: StepContext): Promise<string | undefined> {
  const { tools, input } = context;
  const { store } = tools;
  const instance = await context.instance();
  const { certificatePem, keyPem, caPem } = await tools.certificates.issue(instance);
  const group =
    instance.configurationGroupId === null ? null : await store.configurationGroups.findForControlPlane(instance.configurationGroupId);
  // Sealed for the way to the guest only.
  const keySecretId = await store.transact((tx) => store.secrets.seal(tx, instance.projectId, keyPem));
  await step.command(
    instance.id,
    'lifecycle.initialise',
    {
      size: toSize(instance),
      tls: { certificatePem, key: { password: { secretId: keySecretId } }, caPem },
      allowedCidrs: instance.allowedCidrs,
      parameters: group?.values ?? {},
      data: await toInitialData(context, instance),
    },
    { deadlineMs: input.from.kind === 'empty' ? 300_000 : 24 * hourMs },
  );
  await store.transact((tx) => store.secrets.forget(tx, [keySecretId]));
  return undefined;
}

async function toInitialData(context: Context, instance: Instance): Promise<CommandInput<'lifecycle.initialise'>['data']> {
  const { tools, input } = context;
  if (input.from.kind === 'empty') return input.from;
  if (input.from.kind === 'backup') {
    const { backupId } = input.from;
    return { kind: 'backup', backupId, storage: await findAddress(tools, backupId), keys: await listKeys(context, backupId) };
  }
  if (input.from.kind === 'point-in-time') return findPoint(context, input.from);
  const credentials = await getCredentials(tools, instance);
  return { kind: 'replica', source: await toSourceAddress(tools, await getSource(context), credentials) };
}

/** Chosen anew by every execution: the base that was nearest before may have been deleted meanwhile, another leads to the same moment. */
async function findPoint(
  context: Context,
  { instanceId, atMs }: { instanceId: string; atMs: number },
): Promise<CommandInput<'lifecycle.initialise'>['data']> {
  const { tools, projectId } = context;
  const { store } = tools;
  const window = await store.archives.findWindow(projectId, instanceId);
  const plan = window === null ? null : planRestorePoint(window, atMs);
  const span = plan === null ? null : await store.archives.findSpan(instanceId, plan.backupEndedAtMs, atMs);
  if (plan === null || span === null)
    throw new GuestboardError('refused', 'The moment can no longer be restored: its backup or archive was deleted.', {
      field: 'from.atMs',
    });
  return {
    kind: 'point-in-time',
    backupId: plan.backupId,
    storage: await findAddress(tools, plan.backupId),
    keys: await listKeys(context, plan.backupId),
    archive: {
      instanceId,
      spanId: span.id,
      storage: await findTargetAddress(tools, span.storageTargetId),
      keys: await store.backupKeys.list(projectId, [span.keyId]),
    },
    atMs,
  };
}

/** The keys that the backup and those it builds on are sealed with. */
async function listKeys({ tools, projectId }: Context, backupId: string): Promise<BackupKey[]> {
  const manifests = (await tools.store.backups.listChain(backupId)).map(({ manifest }) => BackupManifest.safeParse(manifest));
  const ids = manifests.flatMap(({ data }) => data?.seal?.keyId ?? []);
  return tools.store.backupKeys.list(projectId, ids);
}

async function getSource({ tools, input }: Context): Promise<Instance> {
  const source = input.from.kind === 'replica' ? await tools.store.instances.findForControlPlane(input.from.sourceId) : null;
  if (!source) throw new GuestboardError('refused', 'The source does not exist any more.');
  return source;
}

/** Nobody else on this host listens there now. */
function isFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
