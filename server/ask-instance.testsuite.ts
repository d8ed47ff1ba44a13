import pg from 'pg';
import { toStatusFacts } from '#contract/resources/instance.ts';
import { endedStates, type Operation } from '#contract/resources/operation.ts';
import { deriveInstanceStatus, type InstanceStatus } from '#contract/status.ts';
import type { Store } from './store/store.ts';

/** What a client of a PostgreSQL instance is answered: as the user `app`, in the database `app`. */
export async function askInstance(store: Store, instanceId: string, password: string, statement: string): Promise<{ n?: number }[]> {
  const port = (await store.instances.findForControlPlane(instanceId))?.port ?? 0;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'app', password, database: 'app', ssl: { rejectUnauthorized: false } });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<{ n?: number }>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Within a minute. */
export async function until(pleases: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 60_000; !(await pleases()); await new Promise((resolve) => setTimeout(resolve, 40)))
    if (performance.now() > end) throw new Error('It did not come to pass.');
}

/** The operation once it has ended, however. */
export async function untilEnded(store: Store, operationId: string): Promise<Operation> {
  for (const end = performance.now() + 90_000; performance.now() < end; ) {
    const operation = await store.operations.findForControlPlane(operationId);
    if (operation && endedStates.includes(operation.state)) return operation;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  throw new Error('The operation did not end.');
}

/** How what an operation makes or restores is listed: never as if it were whole while it is not. */
export async function listBuildStatuses(store: Store, projectId: string, operationId: string): Promise<InstanceStatus[]> {
  const listed = await store.instances.listOfProject(projectId);
  return listed
    .filter(
      (one) =>
        one.id === operationId ||
        (one.operationId === operationId && one.runningStatus !== null && ['BUILD', 'RESTORE'].includes(one.runningStatus)),
    )
    .map((one) => deriveInstanceStatus(toStatusFacts(one), Date.now()));
}
