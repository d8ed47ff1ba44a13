import { randomBytes } from 'node:crypto';
import type { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import type { OperationName } from '#contract/operations/index.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { toStatusFacts } from '#contract/resources/instance.ts';
import { endedStates, type Operation } from '#contract/resources/operation.ts';
import { deriveInstanceStatus, type InstanceStatus } from '#contract/status.ts';
import { type Rest, RestError } from './rest.ts';

/** A name no other run has: `shop-3f9a1c`. */
export function uniqueName(stem: string): string {
  return `${stem}-${randomBytes(3).toString('hex')}`;
}

export const smallest = { flavorId: 'gb.512m', volumeBytes: 512 * 1024 ** 2 } as const;

/** Asks for a small PostgreSQL and waits until its operation succeeded and it is healthy. */
export async function createInstance(rest: Rest, changes: Partial<CreateInstanceInput> & { projectId?: string } = {}): Promise<Instance> {
  const { projectId = await firstProjectId(rest), ...wanted } = changes;
  const started = await rest('createInstance', {
    body: {
      projectId,
      input: {
        name: uniqueName('shop'),
        datastore: 'postgresql',
        version: await someVersion(rest),
        databases: [{ name: 'shop' }],
        users: [{ name: 'keeper', databases: ['shop'] }],
        ...smallest,
        ...wanted,
      },
    },
  });
  if (!('operation' in started)) throw new Error('Creating an instance answered a plan.');
  await waitForOperation(rest, started.operation.id);
  return waitForStatus(rest, started.instanceId ?? '', 'HEALTHY');
}

/** How long at most, and how often it is asked. */
type Waiting = { deadlineMs?: number; everyMs?: number };

/** Runs an operation to its end; throws with its sentence unless it succeeded. */
export async function operate(
  rest: Rest,
  instanceId: string,
  name: OperationName,
  input: Record<string, unknown> = {},
  waiting: Waiting = {},
): Promise<Operation> {
  const started = await rest('startOperation', { path: { instanceId }, body: { name, input } });
  if (!('operation' in started)) throw new Error(`${name} answered a plan.`);
  return waitForOperation(rest, started.operation.id, waiting);
}

export async function waitForOperation(rest: Rest, operationId: string, waiting: Waiting = {}): Promise<Operation> {
  const ended = await waitForEnd(rest, operationId, waiting);
  if (ended.state !== 'succeeded')
    throw new Error(`${ended.title} of ${ended.instanceName} ${ended.state}: ${ended.fault?.sentence} ${ended.fault?.detail ?? ''}`);
  return ended;
}

/** Waits until an operation ended, whichever way. */
export async function waitForEnd(
  rest: Rest,
  operationId: string,
  { deadlineMs = 60_000, everyMs = 100 }: Waiting = {},
): Promise<Operation> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const operation = await rest('getOperation', { path: { operationId } });
    if (endedStates.includes(operation.state)) return operation;
    if (Date.now() > end) throw new Error(`${operation.title} is still ${operation.state} after ${deadlineMs} ms.`);
    await pause(everyMs);
  }
}

export async function waitForStatus(rest: Rest, instanceId: string, status: InstanceStatus, deadlineMs = 30_000): Promise<Instance> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const instance = await rest('getInstance', { path: { instanceId } });
    const found = deriveInstanceStatus(toStatusFacts(instance), Date.now());
    if (found === status) return instance;
    if (Date.now() > end) throw new Error(`${instance.name} is ${found}, not ${status}, after ${deadlineMs} ms.`);
    await pause(100);
  }
}

/** Deletes every instance but those to keep, replicas before their sources; one that is gone already is fine. */
export async function deleteInstances(rest: Rest, keep: (instance: Instance) => boolean = () => false): Promise<void> {
  const listed = (await rest('listInstances', { query: { limit: 1000 } })).items.filter((instance) => !keep(instance));
  const remove = async (instance: Instance) => {
    if (instance.operationId !== null) await waitForEnd(rest, instance.operationId);
    await operate(rest, instance.id, 'delete-instance', { confirmName: instance.name }).catch((error: unknown) => {
      if (!(error instanceof RestError && error.status === 404)) throw error;
    });
  };
  await Promise.all(listed.filter((instance) => instance.sourceId !== null).map(remove));
  await Promise.all(listed.filter((instance) => instance.sourceId === null).map(remove));
}

export async function firstProjectId(rest: Rest): Promise<string> {
  const [project] = (await rest('listProjects')).items;
  if (!project) throw new Error('There is no project.');
  return project.id;
}

/** Debian's PostgreSQL where the host has it, else whatever it has. */
export async function someVersion(rest: Rest): Promise<string> {
  const versions = (await rest('listDatastoreVersions')).items.filter((candidate) => candidate.datastore === 'postgresql');
  const chosen = versions.find((candidate) => candidate.origin === 'Debian') ?? versions[0];
  if (!chosen) throw new Error('This host has no PostgreSQL.');
  return chosen.version;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
