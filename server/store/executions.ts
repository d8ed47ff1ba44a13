import type pg from 'pg';
import { type Fault, GuestboardError } from '#contract/errors.ts';
import type { Actor } from '#contract/may.ts';
import type { OperationStepView } from '#contract/resources/operation.ts';
import type { Changes } from './changes.ts';
import type { Database } from './database.ts';
import { endOperation, type Outcome } from './operation-end.ts';

/** An operation as its workflow runs it. `epoch` is this execution's; whoever holds a lower one no longer owns the operation. */
export type Execution = {
  operationId: string;
  epoch: number;
  attempt: number;
  name: string;
  projectId: string;
  instanceId: string | null;
  input: unknown;
  actor: Actor;
  cancelRequested: boolean;
  /** True only the first time: nothing of it has begun. */
  isFresh: boolean;
  steps: { key: string; state: OperationStepView['state'] }[];
};
export type WaitingOperation = { id: string; attempt: number; name: string; workflowVersion: string };
export type Executions = ReturnType<typeof openExecutions>;

/**
 * Operations from the workflow's side. Every write is refused (`stale-epoch`) when a newer execution owns the operation. Who locks more than one
 * row takes the operation first, then its steps, its commands, and instances last: two that meet wait for each other, not for ever.
 */
export function openExecutions(database: Database, changes: Changes) {
  const { pool, transactSql } = database;

  async function touch(client: pg.PoolClient, operationId: string, epoch: number | null, assignments = ''): Promise<void> {
    const { rows } = await client.query<{ projectId: string; revision: number }>(
      `update operations set revision = revision + 1 ${assignments}
       where id = $1 and ($2::int is null or (epoch = $2 and state in ('queued', 'running', 'cancelling'))) returning "projectId", revision::float8`,
      [operationId, epoch],
    );
    const row = rows[0];
    if (!row) throw new GuestboardError('stale-epoch', 'Another server carries this operation on, or it has ended.');
    await changes.announceSql(client, [{ ...row, kind: 'operation', resource: operationId }]);
  }

  async function isCancelRequested({ operationId, epoch }: Execution): Promise<boolean> {
    const { rows } = await pool.query<{ cancelRequested: boolean; epoch: number; ended: boolean }>({
      name: 'operation cancel',
      text: `select "cancelRequested", epoch, state not in ('queued', 'running', 'cancelling') as ended from operations where id = $1`,
      values: [operationId],
    });
    const row = rows[0];
    if (!row || row.ended || row.epoch !== epoch) {
      throw new GuestboardError('stale-epoch', 'Another server carries this operation on, or it has ended.');
    }
    return row.cancelRequested;
  }

  return {
    listWaiting: async (): Promise<WaitingOperation[]> => {
      const { rows } = await pool.query<WaitingOperation>({
        name: 'operations waiting',
        text: `select id, attempt, name, "workflowVersion" from operations where state in ('queued', 'cancelling') and "workflowId" is null order by "createdAt"`,
      });
      return rows;
    },
    listUnended: async (): Promise<(WaitingOperation & { workflowId: string | null })[]> => {
      const { rows } = await pool.query<WaitingOperation & { workflowId: string | null }>(
        `select id, attempt, name, "workflowVersion", "workflowId" from operations where state in ('queued', 'running', 'cancelling')`,
      );
      return rows;
    },
    markStarted: async (operationId: string, workflowId: string): Promise<void> => {
      await pool.query(`update operations set "workflowId" = $2 where id = $1`, [operationId, workflowId]);
    },

    /** Takes a higher epoch for the operation and for every instance it holds. Null when it has ended meanwhile. */
    begin: (operationId: string): Promise<Execution | null> =>
      changes.changeSql<Execution>({
        name: 'execution begin',
        ctes: `begun as (update operations set epoch = epoch + 1, revision = revision + 1, "startedAt" = coalesce("startedAt", now()),
            state = case when "cancelRequested" then 'cancelling' else 'running' end
            where id = $1 and state in ('queued', 'running', 'cancelling')
            returning id, epoch, attempt, name, "projectId", "instanceId", input, actor, "cancelRequested", revision),
          held as (update instances i set epoch = i.epoch + 1 from begun where i."operationId" = begun.id),
          announced as (select "projectId", 'operation' as kind, id::text as resource, revision from begun)`,
        columns: `id as "operationId", epoch, attempt, name, "projectId", "instanceId", input, actor, "cancelRequested", epoch = 1 as "isFresh",
          (select coalesce(json_agg(json_build_object('key', key, 'state', state)), '[]') from operation_steps where "operationId" = $1) as steps`,
        from: 'begun',
        values: [operationId],
      }),

    /** Marks a step as running; `done` when an earlier execution has finished it, and whether a person asked to cancel. */
    async beginStep(execution: Execution, key: string): Promise<{ done: boolean; cancel: boolean }> {
      for (;;) {
        const step = await changes.changeSql<{ state: string; revision: number | null }>({
          name: 'step begin',
          // A wish to cancel that came too late for the step before is not kept for later ones.
          ctes: `step as (select state, cancellable from operation_steps where "operationId" = $1 and key = $2),
            moved as (update operations o set revision = revision + 1, "cancelRequested" = false, state = 'running' from step
              where o.id = $1 and o.epoch = $3 and o.state in ('queued', 'running', 'cancelling') and step.state <> 'succeeded'
                and not (o."cancelRequested" and step.cancellable) returning o."projectId", o.revision),
            begun as (update operation_steps set state = 'running', "startedAt" = coalesce("startedAt", now())
              where "operationId" = $1 and key = $2 and exists (select from moved)),
            announced as (select "projectId", 'operation' as kind, $1::text as resource, revision from moved)`,
          columns: 'step.state, moved.revision::float8',
          from: 'step left join moved on true',
          values: [execution.operationId, key, execution.epoch],
        });
        if (step === null) throw new GuestboardError('internal', `The operation’s plan has no step ${key}.`);
        if (step.revision !== null) return { done: false, cancel: false };
        if (step.state === 'succeeded') return { done: true, cancel: false };
        if (await isCancelRequested(execution)) return { done: false, cancel: true };
      }
    },

    /** What is shown beside a step that runs. */
    say: ({ operationId, epoch }: Execution, key: string, detail: string): Promise<void> =>
      transactSql(async (client) => {
        const said = [operationId, key, detail];
        const isNews = 'from operation_steps where "operationId" = $1 and key = $2 and detail is distinct from $3';
        if ((await client.query(`select ${isNews}`, said)).rowCount === 0) return;
        await touch(client, operationId, epoch);
        await client.query(`update operation_steps set detail = $3 where "operationId" = $1 and key = $2`, said);
      }),

    endStep: ({ operationId, epoch }: Execution, key: string, outcome: { detail?: string | undefined } | { fault: Fault }): Promise<void> =>
      transactSql(async (client) => {
        const fault = 'fault' in outcome ? JSON.stringify(outcome.fault) : null;
        await touch(client, operationId, epoch);
        await client.query(
          `update operation_steps set state = $3, "endedAt" = now(), fault = $4::jsonb, done = case when $4::jsonb is null then total else done end,
             "ratePerSecond" = null, detail = case when $4::jsonb is null then $5 else coalesce($5, detail) end where "operationId" = $1 and key = $2`,
          [operationId, key, fault === null ? 'succeeded' : 'failed', fault, 'detail' in outcome ? (outcome.detail ?? null) : null],
        );
      }),

    /** A step's number that moves, as an agent measured it. Late ones, of an ended step, change nothing. */
    recordProgress: (
      instanceId: string,
      commandId: string,
      progress: { done: number; total: number | null; unit: string; ratePerSecond: number | null; detail: string | null },
    ): Promise<void> =>
      transactSql(async (client) => {
        const moves = `from commands c where c.id = $1 and c."instanceId" = $2 and s."operationId" = c."operationId" and s.key = c."stepKey"
          and c.state in ('sent', 'accepted', 'unknown') and s.state in ('running', 'sent', 'accepted')`;
        const { rows } = await client.query<{ operationId: string }>(
          `select s."operationId" from operation_steps s, lateral (select ${moves}) moving`,
          [commandId, instanceId],
        );
        const row = rows[0];
        if (!row) return;
        await touch(client, row.operationId, null);
        await client.query(
          `update operation_steps s set done = $3, total = $4, unit = $5, "ratePerSecond" = $6, detail = $7, state = 'running' ${moves}`,
          [commandId, instanceId, progress.done, progress.total, progress.unit, progress.ratePerSecond, progress.detail],
        );
      }),

    isCancelRequested,

    /** Ends an operation for good. False when it had ended, or when a newer execution owns it. */
    async end(operationId: string, outcome: Outcome, epoch: number | null = null): Promise<boolean> {
      const hasEnded = await transactSql((client) => endOperation(client, changes, operationId, outcome, epoch));
      if (hasEnded) changes.tellTakenOn(operationId);
      return hasEnded;
    },
  };
}
