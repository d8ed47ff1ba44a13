import { DBOS } from '@dbos-inc/dbos-sdk';
import { getExecutor } from '@dbos-inc/dbos-sdk/internal/dbos';
import { toFault } from '#contract/errors.ts';
import { workflowVersion } from '#contract/operations/index.ts';
import type { Log } from '../log.ts';
import { openBookkeepingPool } from '../store/bookkeeping-pool.ts';
import type { WaitingOperation } from '../store/executions.ts';
import { type ExecuteOptions, execute, type Hazard } from './execute.ts';
import { sweepScratch } from './scratch-guest.ts';
import type { WorkflowTools } from './workflow.ts';

export type RuntimeOptions = {
  tools: WorkflowTools;
  log: Log;
  databaseUrl: string;
  /** Unique among living servers and the same after a restart: its unfinished work is its own again. */
  replicaId: string;
  hazard?: Hazard;
};
export type Runtime = Awaited<ReturnType<typeof startRuntime>>;

const finished = ['SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'] as const;

/** Operations as durable workflows. Our rows are the queue: every operation without a workflow gets one, on its change and in a sweep. */
export async function startRuntime({ tools, log, databaseUrl, replicaId, hazard = async () => {} }: RuntimeOptions) {
  const { store } = tools;
  let stopping = false;
  const options: ExecuteOptions = { tools, log, hazard, isStopping: () => stopping };
  const operate = DBOS.registerWorkflow((operationId: string, attempt: number) => execute(options, operationId, attempt), {
    name: 'operation',
  });
  const quiet = log.child({ part: 'dbos' });
  const silenced = {
    debug: () => {},
    info: () => {},
    warn: (entry: unknown) => quiet.warn(String(entry)),
    error: (entry: unknown) => quiet.error(String(entry)),
  };
  const pool = openBookkeepingPool(databaseUrl, quiet);
  DBOS.setConfig({
    name: 'guestboard',
    systemDatabaseUrl: databaseUrl,
    systemDatabaseSchemaName: 'dbos',
    systemDatabasePool: pool,
    applicationVersion: workflowVersion,
    executorID: replicaId,
    logger: silenced,
  });
  await endForeignVersions();
  await DBOS.launch();

  const starting = new Set<string>();
  async function start({ id, attempt }: WaitingOperation): Promise<void> {
    const workflowId = attempt === 1 ? id : `${id}/${attempt}`;
    if (stopping || starting.has(workflowId)) return;
    starting.add(workflowId);
    try {
      await DBOS.startWorkflow(operate, { workflowID: workflowId })(id, attempt);
      await store.executions.markStarted(id, workflowId);
    } finally {
      starting.delete(workflowId);
    }
  }

  /** Starts what waits. */
  async function startWaiting(): Promise<void> {
    for (const operation of await store.executions.listWaiting()) {
      if (operation.workflowVersion === workflowVersion) await start(operation);
    }
  }

  /** Work of another version of the steps cannot be carried on by this one: it ends with a sentence instead of hanging. */
  async function endForeignVersions(): Promise<void> {
    for (const operation of await store.executions.listUnended()) {
      if (operation.workflowVersion === workflowVersion) continue;
      const sentence = 'Guestboard was upgraded while this ran, and its steps have changed. Look at the instance, then ask for it again.';
      await store.executions.end(operation.id, { state: 'failed', fault: { code: 'operation-lost', sentence } });
    }
  }

  store.changes.onLocalCommit((change) => {
    if (stopping || change.kind !== 'operation' || change.revision > 1) return;
    const operation = { id: change.resource, attempt: 1, name: '', workflowVersion };
    start(operation).catch((error: unknown) =>
      log.warn({ fault: toFault(error) }, 'An operation could not be started; the sweep tries again.'),
    );
  });

  return {
    startWaiting,
    /** Takes over what dead servers left. Two survivors may try at once: one of them gets it. */
    async adopt(deadReplicaIds: readonly string[]): Promise<number> {
      const adopted = await getExecutor().recoverPendingWorkflows([...deadReplicaIds]);
      if (adopted.length > 0) log.info({ from: deadReplicaIds, operations: adopted.length }, 'Took over the operations of a dead server.');
      return adopted.length;
    },
    /** Operations that run although no workflow of theirs is alive, as after a crash between two of our own rows. */
    async startLost(): Promise<void> {
      for (const { id, attempt, workflowId } of await store.executions.listUnended()) {
        if (workflowId === null) continue;
        const status = await DBOS.getWorkflowStatus(workflowId);
        if (status !== null && !finished.some((word) => word === status.status)) continue;
        const sentence = 'The workflow of this operation ended without telling its outcome.';
        log.error({ operation: id, attempt, status: status?.status }, sentence);
        await store.executions.end(id, { state: 'failed', fault: { code: 'operation-lost', sentence } });
      }
    },
    /** Removes scratch guests that no operation owns any more. */
    sweepScratch: () => sweepScratch(tools, log),
    /** Removes what DBOS keeps of workflows that ended over a day ago. */
    async prune(): Promise<void> {
      const endTime = new Date(Date.now() - 86_400_000).toISOString();
      for (const status of finished) {
        const old = await DBOS.listWorkflows({ status, endTime, limit: 200, loadInput: false, loadOutput: false });
        if (old.length > 0) await DBOS.deleteWorkflows(old.map((workflow) => workflow.workflowID));
      }
    },
    /** Leaves running operations where they are, for the next server. */
    async stop(): Promise<void> {
      stopping = true;
      await DBOS.shutdown().catch((error: unknown) => log.warn({ fault: toFault(error) }, 'DBOS did not stop in order.'));
      await pool.end();
    },
  };
}
