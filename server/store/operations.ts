import { randomBytes, randomUUID } from 'node:crypto';
import { applyBackupLimit } from '#contract/backup-pace.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { Actor } from '#contract/may.ts';
import { getOperation, type OperationName, workflowVersion } from '#contract/operations/index.ts';
import type { OperationFacts } from '#contract/operations/operation.ts';
import { endedStates, type Operation, type OperationState } from '#contract/resources/operation.ts';
import type { Changes } from './changes.ts';
import { claim, listClaims } from './claims.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import type { Database, Tx } from './database.ts';
import type { Estimates } from './estimates.ts';
import { isCancellable, isResumable, type OperationRow, operationColumns, toOperation } from './operation-row.ts';
import type { Quotas } from './quotas.ts';
import type { Scope } from './scope.ts';
import type { Secrets } from './secrets.ts';

export type NewOperation = {
  name: OperationName;
  /** Parsed by the definition; passwords may still be plain and are sealed before the first row. */
  input: unknown;
  facts: OperationFacts;
  actor: Actor;
  /** The subject when it is not `facts.instance`: a new instance made in the same transaction, or a backup's origin. */
  instance?: { id: string | null; name: string };
  /** Where the caller has asked for it already, beside other questions. */
  estimate?: Operation['estimate'];
};
export type Operations = ReturnType<typeof openOperations>;

/** What people asked for. Rows are the queue: a workflow is started for each that has none. */
export function openOperations(
  database: Database,
  changes: Changes,
  { secrets, quotas, estimates }: { secrets: Secrets; quotas: Quotas; estimates: Estimates },
) {
  const { pool } = database;

  async function select(where: string, values: unknown[]): Promise<OperationRow[]> {
    return (await pool.query<OperationRow>(`select ${operationColumns} from operations o where ${where}`, values)).rows;
  }
  // Prepared once per connection: an operation under way is read a dozen times between its click and its end.
  const findRow = async (id: string) => {
    const text = `select ${operationColumns} from operations o where o.id = $1`;
    return (await pool.query<OperationRow>({ name: 'operation', text, values: [id] })).rows[0] ?? null;
  };
  const findForControlPlane = async (id: string): Promise<Operation | null> => {
    const row = await findRow(id);
    return row && toOperation(row);
  };

  /** Changes an operation that is still in one of these states: it may have left the one it was read in. Throws `refused`, which says `otherwise`. */
  async function change(tx: Tx, id: string, from: readonly OperationState[], otherwise: string, assignments: string, ...values: unknown[]) {
    const rows = await tx.$queryRawUnsafe<{ projectId: string; revision: number }[]>(
      `update operations set revision = revision + 1, ${assignments} where id = $1::uuid and state = any($2) returning "projectId", revision::float8`,
      ...[id, from, ...values],
    );
    if (rows.length === 0) throw new GuestboardError('refused', otherwise);
    await changes.announce(tx, ...rows.map((row) => ({ ...row, kind: 'operation' as const, resource: id })));
  }

  return {
    /**
     * Operation, steps, claim and announcement in the caller's transaction. Throws `busy` when something else holds what it claims,
     * `quota-exceeded` when somebody else took the last of a quota meanwhile. The caller has asked may() and refuse().
     */
    async open(tx: Tx, asked: NewOperation): Promise<string> {
      const { facts, actor } = asked;
      const definition = getOperation(asked.name);
      const id = randomUUID();
      const subject = asked.instance ?? { id: facts.instance?.id ?? null, name: facts.instance?.name ?? '' };
      const input = await secrets.sealPasswords(tx, facts.projectId, asked.input);
      const learned = asked.estimate === undefined ? await estimates.find(asked.name, asked.input, facts.instance) : asked.estimate;
      const estimate = applyBackupLimit(learned, asked, facts);
      // One statement by hand: this is between a click and its agent.
      await tx.$executeRawUnsafe(
        insertText,
        ...[id, facts.projectId, subject.id, subject.name, asked.name, definition.title, JSON.stringify(input), JSON.stringify(actor)],
        ...[actor.name, workflowVersion, estimate && JSON.stringify(estimate), JSON.stringify(definition.plan(facts, asked.input))],
        definition.about?.(facts, asked.input) || null,
      );
      const claimed = await claim(tx, changes, id, definition, listClaims(definition, facts, subject.id));
      await quotas.hold(tx, facts.projectId, definition.takes?.(facts, asked.input) ?? {}, definition.spare);
      await changes.announce(tx, ...claimed, { projectId: facts.projectId, kind: 'operation', resource: id, revision: 1 });
      return id;
    },

    find: async (scope: Scope, id: string): Promise<Operation | null> => {
      const found = await findForControlPlane(id);
      return found !== null && (scope.everything || scope.projectIds.includes(found.projectId)) ? found : null;
    },
    findForControlPlane,
    /**
     * Backups of a project that one of these operations is deleting, or is to prove, restore or add to. Of an instance that is being restored to a
     * moment all: which of them that begins with is found on the way. `except` is an operation that asks for itself: of those that have not
     * begun either only the ones asked for before it count, or two that meet would both give way.
     */
    listBackupsInWork: async (projectId: string, except: string | null = null, by = workOnBackups): Promise<string[]> => {
      const { rows } = await pool.query<{ id: string }>(
        `with own as (select "createdAt", id from operations where id = $2::uuid),
         working as (
           select input, input->'from' as origin, case name when 'clone-instance' then id::text end as made from operations o
           where "projectId" = $1 and id is distinct from $2::uuid and state in ('queued', 'running', 'cancelling')
             and name = any($3) and (not exists (select from own) or ("createdAt", id) < (select "createdAt", id from own)
               or exists (select from operation_steps s where s."operationId" = o.id and s.state <> 'queued'))),
         named as (select coalesce(made, input->>'backupId', origin->>'backupId', input->>'parentId') as id from working)
         select id from named where id is not null
         union select backups.id::text from working join backups on "instanceId"::text = origin->>'instanceId'
           where origin->>'kind' = 'point-in-time'`,
        [projectId, except, by],
      );
      return rows.map(({ id }) => id);
    },
    /** Backups of a project whose deletion failed since then, and why. */
    findFailedDeletions: async (projectId: string, since: Date): Promise<Map<string, string>> => {
      const { rows } = await pool.query<{ id: string; sentence: string }>(
        `select input->>'backupId' as id, coalesce(fault->>'sentence', '') as sentence from operations
         where "projectId" = $1 and name = 'delete-backup' and state = 'failed' and "endedAt" >= $2 order by "endedAt"`,
        [projectId, since],
      );
      return new Map(rows.map(({ id, sentence }) => [id, sentence]));
    },
    list: async (
      scope: Scope,
      page: { instanceId?: string | undefined; states?: readonly OperationState[] | undefined; cursor?: string | undefined; limit: number },
    ) => {
      const where = [`($1::text[] is null or o."projectId" = any($1))`, `($2::uuid is null or o."instanceId" = $2)`];
      where.push('($3::text[] is null or o.state = any($3))');
      const values = [scope.everything ? null : scope.projectIds, page.instanceId ?? null, page.states ?? null];
      const begin = page.cursor === undefined ? null : parseCursor(page.cursor);
      const after = begin === null ? [] : [begin.createdAt.getTime(), begin.id];
      const rest = after.length === 0 ? [] : ['(o."createdAt", o.id) < (to_timestamp($4::float8 / 1000), $5::uuid)'];
      const [rows, count] = await Promise.all([
        select(`${[...where, ...rest].join(' and ')} order by o."createdAt" desc, o.id desc limit ${page.limit + 1}`, [
          ...values,
          ...after,
        ]),
        pool.query<{ total: number }>(`select count(*)::int as total from operations o where ${where.join(' and ')}`, values),
      ]);
      const items = rows.slice(0, page.limit).map(toOperation);
      const last = items.at(-1);
      const next = rows.length > page.limit && last ? formatCursor({ createdAt: new Date(last.createdAt), id: last.id }) : null;
      return { items, next, total: count.rows[0]?.total ?? 0 };
    },
    estimate: estimates.find,

    /** Asks a running operation to stop where that is safe. Throws `refused` where it is not. */
    async requestCancel(tx: Tx, id: string): Promise<void> {
      const row = await findRow(id);
      if (row === null) throw new GuestboardError('not-found', 'The operation does not exist.');
      if (!isCancellable(row.state, row.steps, row.cancelRequested)) {
        throw new GuestboardError('refused', endedStates.includes(row.state) ? 'The operation has ended.' : notCancellable);
      }
      await change(tx, id, ['queued', 'running'], notCancellable, `"cancelRequested" = true, state = 'cancelling'`);
    },

    /** Queues a failed operation again from its failed step, in the name of who asks now (`facts.actor`). Throws `refused`, `quota-exceeded`, or `busy` when the instance has been taken since. */
    async resume(tx: Tx, id: string, facts: OperationFacts): Promise<void> {
      const row = await findRow(id);
      if (row === null) throw new GuestboardError('not-found', 'The operation does not exist.');
      if (!isResumable(row.state, row.steps, row.workflowVersion)) {
        throw new GuestboardError('refused', notResumable);
      }
      const definition = getOperation(row.name as OperationName);
      if (row.instanceId !== null && facts.instance === null && definition.claims !== 'nothing') {
        throw new GuestboardError('refused', 'The instance does not exist any more.');
      }
      await quotas.holdAgain(tx, facts.projectId, async () => {
        const assignments = `state = 'queued', fault = null, "endedAt" = null, "cancelRequested" = false, "workflowId" = null, attempt = attempt + 1, actor = $3::jsonb`;
        await change(tx, id, ['failed'], notResumable, assignments, JSON.stringify(facts.actor));
        await tx.$executeRawUnsafe(
          `update operation_steps set state = 'queued', fault = null, "endedAt" = null, "startedAt" = null, done = null, total = null, detail = null
           where "operationId" = $1::uuid and state in ('failed', 'skipped')`,
          id,
        );
        await changes.announce(tx, ...(await claim(tx, changes, id, definition, listClaims(definition, facts, row.instanceId))));
      });
    },
  };
}

const restoring: readonly OperationName[] = ['prove-backup', 'create-instance', 'clone-instance', 'restore-in-place'];
const workOnBackups: readonly OperationName[] = ['delete-backup', 'create-backup', ...restoring];

const notCancellable = 'This step cannot be stopped safely. Wait until it ends.';
const notResumable = 'Only a failed operation of this version can be taken up again.';

/** Two in one transaction take their turns in the order they were asked for. */
const insertText = `with asked as (
    insert into operations (id, "projectId", "instanceId", "instanceName", name, title, input, actor, "askedBy", "workflowVersion", estimate, about, "createdAt")
    values ($1::uuid, $2, $3::uuid, $4, $5, $6, $7::jsonb, $8::jsonb, $9, $10, $11::jsonb, $13, clock_timestamp()) returning id)
  insert into operation_steps ("operationId", position, key, title, cancellable, resumable)
  select asked.id, step.position - 1, step.planned->>'key', step.planned->>'title', (step.planned->>'cancellable')::bool, (step.planned->>'resumable')::bool
  from asked, jsonb_array_elements($12::jsonb) with ordinality as step (planned, position)`;

/** A password as the control plane makes them: 24 characters that need no escaping anywhere. */
export function generatePassword(): string {
  return randomBytes(18).toString('base64url');
}
