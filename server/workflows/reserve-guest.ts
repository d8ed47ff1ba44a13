import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { toSize } from './sizes.ts';
import { waitForFacts } from './verify.ts';
import type { StepContext, WorkflowContext } from './workflow.ts';

type Context = Pick<WorkflowContext, 'instance' | 'tools'>;

/** A port, a place on this host and an agent that is heard. `listenAddress` keeps a guest to itself that others would reach. */
export async function reserveGuest(context: Context, step: StepContext, listenAddress = context.tools.host.listenAddress): Promise<string> {
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
      listenAddress,
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

/** Nobody else on this host listens there now. */
function isFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
