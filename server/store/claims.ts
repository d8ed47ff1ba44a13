import { GuestboardError } from '#contract/errors.ts';
import type { OperationDefinition, OperationFacts } from '#contract/operations/operation.ts';
import type { Change, Changes } from './changes.ts';
import type { Tx } from './database.ts';

/** The instances an operation must have to itself. */
export function listClaims(definition: OperationDefinition, facts: OperationFacts, subjectId: string | null): string[] {
  if (definition.claims === 'nothing' || subjectId === null) return [];
  return definition.claims === 'set' ? [...new Set([subjectId, ...facts.set.map((member) => member.id)])] : [subjectId];
}

/** Takes the instances and raises their epochs, all or none; answers what the caller has yet to announce. Throws `busy`. */
export async function claim(
  tx: Tx,
  changes: Changes,
  operationId: string,
  definition: OperationDefinition,
  ids: string[],
): Promise<Change[]> {
  if (ids.length === 0) return [];
  const claimed: Change[] = [];
  if (definition.takesOver) await endHolders(tx, changes, operationId, definition, ids);
  // One order for everybody, so that two claims of one set wait for each other instead of forever.
  for (const id of [...ids].sort()) {
    const rows = await tx.$queryRawUnsafe<{ projectId: string; revision: number }[]>(
      `update instances set "operationId" = $2::uuid, "runningStatus" = $3, epoch = epoch + 1, revision = revision + 1, "updatedAt" = now()
       where id = $1::uuid and "operationId" is null and "deletedAt" is null returning "projectId", revision::float8`,
      id,
      operationId,
      definition.runningStatus,
    );
    if (rows.length === 0) throw new GuestboardError('busy', await describeHolder(tx, id));
    claimed.push(...rows.map((row) => ({ ...row, kind: 'instance' as const, resource: id })));
  }
  return claimed;
}

async function describeHolder(tx: Tx, instanceId: string): Promise<string> {
  const [holder] = await tx.$queryRawUnsafe<{ name: string; title: string | null }[]>(
    `select i.name, o.title from instances i left join operations o on o.id = i."operationId" where i.id = $1::uuid and i."deletedAt" is null`,
    instanceId,
  );
  if (!holder) return 'The instance does not exist any more.';
  return `${holder.title ?? 'An operation'} is running on ${holder.name}. Wait until it ends.`;
}

/** What held the instances so far ends as failed; its workflow finds that it no longer owns anything. */
async function endHolders(tx: Tx, changes: Changes, operationId: string, definition: OperationDefinition, ids: string[]): Promise<void> {
  const fault = JSON.stringify({ code: 'operation-lost', sentence: `${definition.title} took the instance away from it.` });
  const ended = await tx.$queryRawUnsafe<{ id: string; projectId: string; revision: number }[]>(
    `update operations set state = 'failed', fault = $2::jsonb, "endedAt" = now(), epoch = epoch + 1, revision = revision + 1
     where id in (select "operationId" from instances where id = any($1::uuid[])) and state in ('queued', 'running', 'cancelling')
     returning id, "projectId", revision::float8`,
    ids,
    fault,
  );
  const lost = ended.map((row) => row.id);
  await tx.$executeRawUnsafe(
    `update operation_steps set state = case when state = 'queued' then 'skipped' else 'failed' end, "endedAt" = now(),
       fault = case when state = 'queued' then null else $2::jsonb end
     where "operationId" = any($1::uuid[]) and state not in ('succeeded', 'skipped')`,
    lost,
    fault,
  );
  await tx.$executeRawUnsafe(
    `update commands set state = 'failed', "endedAt" = now() where "operationId" = any($1::uuid[]) and state in ('queued', 'sent', 'unknown')`,
    lost,
  );
  await tx.$executeRawUnsafe(
    `update instances set "operationId" = null, "runningStatus" = null
     where ("operationId" = any($1::uuid[]) or id = any($2::uuid[])) and "operationId" is distinct from $3::uuid`,
    lost,
    ids,
    operationId,
  );
  await changes.announce(tx, ...ended.map(({ id, ...row }) => ({ ...row, kind: 'operation' as const, resource: id })));
}
