import type pg from 'pg';
import type { Fault } from '#contract/errors.ts';
import type { OperationName } from '#contract/operations/index.ts';
import type { Changes } from './changes.ts';

export type Outcome = { state: 'succeeded' } | { state: 'failed'; fault: Fault } | { state: 'cancelled' };

/** Operations that leave an instance needing a person when they do not end well: its facts alone would not tell. */
const leavesErrored: readonly OperationName[] = [
  'create-instance',
  'delete-instance',
  'force-delete-instance',
  'promote-replica',
  'detach-replica',
  'settle-restore',
];
/** Operations whose good end proves that nothing is wrong any more. */
const clearsErrored: readonly OperationName[] = [
  'create-instance',
  'reset-status',
  'promote-replica',
  'detach-replica',
  'restore-in-place',
  'settle-restore',
  'upgrade-version',
];
/** Operations that end well only once the database was started and answered. */
const provesAnswer: readonly OperationName[] = ['start-instance', 'restart-instance'];
/** What they do of a creation, too. */
const proved = ['start', 'verify'];

/** What left the instance errored is a creation of which everything was done but what an operation that proves an answer has done now. */
const lacksOnlyAnswer = `(select o.name = 'create-instance' and not exists (
    select from operation_steps s where s."operationId" = o.id and s.state <> 'succeeded' and s.key <> all($7::text[]))
  from operations o where o."instanceId" = instances.id and o.name = any($6::text[]) and o.state in ('failed', 'cancelled')
  order by o."createdAt" desc limit 1)`;

/** The one end of every operation: its row, its steps, its waiting commands and its claims, in one transaction. */
export async function endOperation(
  client: pg.PoolClient,
  changes: Changes,
  operationId: string,
  outcome: Outcome,
  epoch: number | null,
): Promise<boolean> {
  const fault = outcome.state === 'failed' ? JSON.stringify(outcome.fault) : null;
  const { rows } = await client.query<{ projectId: string; name: OperationName; revision: number }>(
    `update operations set state = $2, fault = $3::jsonb, "endedAt" = now(), revision = revision + 1
     where id = $1 and state in ('queued', 'running', 'cancelling') and ($4::int is null or epoch = $4)
     returning "projectId", name, revision::float8`,
    [operationId, outcome.state, fault, epoch],
  );
  const operation = rows[0];
  if (!operation) return false;
  // A step that was under way did not end well; when none says why, the operation's own fault does.
  await client.query(
    `update operation_steps set "endedAt" = now(), fault = coalesce(fault, case when $2::jsonb is null or state = 'queued' then null else $2::jsonb end),
       state = case when state = 'queued' or $3 <> 'failed' then 'skipped' else 'failed' end
     where "operationId" = $1 and state not in ('succeeded', 'skipped', 'failed')`,
    [operationId, fault, outcome.state],
  );
  if (outcome.state === 'failed') await failFirstStep(client, operationId, fault);
  await client.query(
    `update commands set state = 'failed', "endedAt" = now() where "operationId" = $1 and state in ('queued', 'sent', 'accepted', 'unknown')`,
    [operationId],
  );
  const released = await client.query<{ id: string; projectId: string; revision: number }>(
    `update instances set "operationId" = null, "runningStatus" = null, revision = revision + 1, "updatedAt" = now(),
       errored = case when $2 then true when $3 then false when $5 and "unsettledRestoreId" is null and ${lacksOnlyAnswer} then false
         else errored or ($4 and "unsettledRestoreId" is not null) end
     where "operationId" = $1 returning id, "projectId", revision::float8`,
    [
      operationId,
      outcome.state !== 'succeeded' && leavesErrored.includes(operation.name),
      outcome.state === 'succeeded' && clearsErrored.includes(operation.name),
      // Before anything was exchanged, and after the old data came back, it is as it was.
      operation.name === 'restore-in-place',
      outcome.state === 'succeeded' && provesAnswer.includes(operation.name),
      leavesErrored,
      proved,
    ],
  );
  const { projectId, revision } = operation;
  await changes.announceSql(client, [
    { projectId, kind: 'operation', resource: operationId, revision },
    ...released.rows.map(({ id, ...row }) => ({ ...row, kind: 'instance' as const, resource: id })),
  ]);
  return true;
}

/** An operation that failed between steps has failed at the next one: that is where it would be taken up again. */
async function failFirstStep(client: pg.PoolClient, operationId: string, fault: string | null): Promise<void> {
  await client.query(
    `update operation_steps set state = 'failed', fault = $2::jsonb
     where "operationId" = $1 and not exists (select from operation_steps where "operationId" = $1 and state = 'failed')
       and position = (select min(position) from operation_steps where "operationId" = $1 and state = 'skipped')`,
    [operationId, fault],
  );
}
