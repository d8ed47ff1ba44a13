import type { Fault } from '#contract/errors.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { Changes } from './changes.ts';
import type { Database } from './database.ts';

export type CommandState = 'queued' | 'sent' | 'accepted' | 'done' | 'failed' | 'unknown';
/** One thing asked of one guest. `input` carries references in the place of secrets. */
export type Command = {
  id: string;
  operationId: string | null;
  stepKey: string | null;
  instanceId: string;
  name: string;
  input: unknown;
  epoch: number;
  state: CommandState;
  outcome: { ok: true; output: unknown } | { ok: false; fault: Fault } | null;
  deadlineMs: number;
};
export type Commands = ReturnType<typeof openCommands>;

// Delivered with the guest's present epoch: an open row is legitimate, since whoever loses an operation has its open commands ended.
const columns = `c.id, c."operationId", c."stepKey", c."instanceId", c.name, c.input, greatest(c.epoch, i.epoch) as epoch, c.state, c.outcome,
  extract(epoch from c."deadlineAt")::float8 * 1000 as "deadlineMs"`;
const isOpen = `c.state in ('queued', 'sent', 'accepted', 'unknown')`;

/** What the control plane asks of guests. Every change announces itself as `command`, for whoever delivers and whoever waits. */
export function openCommands(database: Database, changes: Changes) {
  const { pool, transactSql } = database;
  const announcement = (id: string) => ({ projectId: null, kind: 'command' as const, resource: id, revision: 0 });

  async function list(name: string, where: string, values: unknown[]): Promise<Command[]> {
    return (
      await pool.query<Command>({
        name: `commands ${name}`,
        text: `select ${columns} from commands c join instances i on i.id = c."instanceId" where ${where}`,
        values,
      })
    ).rows;
  }

  /** The CTEs that show on its step, and so on its operation, where `moved` commands are now. One statement: this is between a click and its agent. */
  const shown = (state: 'sent' | 'accepted') => `
    step as (update operation_steps s set state = '${state}' from moved where s."operationId" = moved."operationId" and s.key = moved."stepKey"
      and s.state in ('running', 'sent') and s.state <> '${state}' returning s."operationId"),
    shown as (update operations o set revision = o.revision + 1 ${state === 'accepted' ? ', "acceptedAt" = coalesce(o."acceptedAt", now())' : ''}
      from step where o.id = step."operationId" returning o.id, o."projectId", o.revision)`;
  const announceShown = `select "projectId", 'operation' as kind, id::text as resource, revision from shown`;

  function move(id: string, state: 'sent' | 'accepted', from: readonly CommandState[]): Promise<{ operationId: string | null } | null> {
    return changes.changeSql<{ operationId: string | null }>({
      name: `command ${state}`,
      // The operation is locked before anything of it, as whoever ends it does: counting makes it first.
      ctes: `owner as materialized (
            select from operations where id = (select "operationId" from commands where id = $1) for no key update),
          moved as (update commands set state = '${state}', "${state}At" = coalesce("${state}At", now())
          where id = $1 and state = any($2) and (select count(*) from owner) >= 0 returning "operationId", "stepKey"),
        ${shown(state)}, announced as (${announceShown})`,
      columns: 'moved."operationId"',
      from: 'moved',
      values: [id, from],
    });
  }

  return {
    find: async (id: string): Promise<Command | null> => (await list('one', 'c.id = $1', [id]))[0] ?? null,
    /** Written down already, or due again: for guests that this replica holds. Accepted ones are left to their agent. */
    listDeliverable: (instanceIds: readonly string[]) =>
      list('deliverable', `c.state in ('queued', 'sent', 'unknown') and c."instanceId" = any($1) and c."deadlineAt" > now()`, [
        instanceIds,
      ]),
    /** All that may still be under way on a guest: delivered again when its agent comes back. */
    listOpen: (instanceId: string) => list('open', `${isOpen} and c."instanceId" = $1 and c."deadlineAt" > now()`, [instanceId]),
    listOverdue: () => list('overdue', `${isOpen} and c."deadlineAt" <= now()`, []),

    /**
     * Writes a command down, once: the same id joins the one that is there and takes this execution's epoch. Where `isHeld`, a new one is down
     * as sent and comes back for delivery; any other is announced, for whichever replica holds its guest.
     * For an operation: throws `stale-epoch` when another execution owns it.
     */
    async put(
      command: {
        id: string;
        operation: { id: string; epoch: number; stepKey: string } | null;
        instanceId: string;
        name: string;
        input: unknown;
        deadlineMs: number;
      },
      isHeld = false,
    ): Promise<Command | null> {
      const { operation } = command;
      const row = await changes.changeSql<{ isNew: boolean; epoch: number }>({
        name: 'command put',
        // Whoever takes the operation away in this moment is waited for: what it cannot see yet, it could not end.
        ctes: `owner as materialized (
            select from operations where id = $2 and epoch = $8 and state in ('queued', 'running', 'cancelling') for no key update),
          put as (
            insert into commands as c (id, "operationId", "stepKey", "instanceId", name, input, epoch, "deadlineAt", state, "sentAt")
            select $1, $2, $3, i.id, $5, $6, i.epoch, to_timestamp($7::float8 / 1000), case when $9 then 'sent' else 'queued' end, case when $9 then now() end
            from instances i where i.id = $4 and i."deletedAt" is null and ($2::uuid is null or exists (select from owner))
            on conflict (id) do update set epoch = greatest(c.epoch, excluded.epoch)
            returning id, "operationId", "stepKey", epoch, xmax = 0 as "isNew"),
          moved as (select "operationId", "stepKey" from put where "isNew" and $9),
          ${shown('sent')},
          announced as (${announceShown}
            union all select null, 'command', id, 0 from put where not exists (select from moved))`,
        columns: 'put."isNew", put.epoch',
        from: 'put',
        values: [
          command.id,
          operation?.id ?? null,
          operation?.stepKey ?? null,
          command.instanceId,
          command.name,
          JSON.stringify(command.input),
          command.deadlineMs,
          operation?.epoch ?? null,
          isHeld,
        ],
      });
      if (row === null) throw new GuestboardError('stale-epoch', 'Another server carries this operation on, or the instance is gone.');
      if (!isHeld || !row.isNew) return null;
      const { operation: _, ...rest } = command;
      return {
        ...rest,
        operationId: operation?.id ?? null,
        stepKey: operation?.stepKey ?? null,
        epoch: row.epoch,
        state: 'sent',
        outcome: null,
      };
    },

    /** False when it has ended meanwhile. The step it belongs to shows `sent`. */
    markSent: async (id: string): Promise<boolean> => (await move(id, 'sent', ['queued', 'sent', 'unknown', 'accepted'])) !== null,
    /** The agent has it; the operation shows when the first one was taken. */
    async markAccepted(id: string): Promise<void> {
      const moved = await move(id, 'accepted', ['sent', 'unknown', 'queued']);
      if (moved !== null && moved.operationId !== null) changes.tellTakenOn(moved.operationId);
    },
    /** Sent, but nobody knows what became of it. Never a failure before the deadline. */
    markUnknown: async (id: string): Promise<void> => {
      await pool.query(`update commands set state = 'unknown' where id = $1 and state in ('sent', 'accepted')`, [id]);
    },
    /** The outcome, once: a second one changes nothing, nor does another guest's. */
    end: (id: string, outcome: NonNullable<Command['outcome']>, reporter: string | null = null): Promise<boolean> =>
      transactSql(async (client) => {
        const { rowCount } = await client.query(
          `update commands c set state = $2, outcome = $3, "endedAt" = now() where id = $1 and ${isOpen} and ($4::text is null or "instanceId"::text = $4)`,
          [id, outcome.ok ? 'done' : 'failed', JSON.stringify(outcome), reporter],
        );
        if (rowCount === 0) return false;
        await changes.announceSql(client, [announcement(id)]);
        return true;
      }),
    /** The epoch a command to this guest must carry now, and who holds it. */
    findGuestEpoch: async (instanceId: string): Promise<{ epoch: number; operationId: string | null; projectId: string } | null> => {
      const { rows } = await pool.query<{ epoch: number; operationId: string | null; projectId: string }>(
        `select epoch, "operationId", "projectId" from instances where id = $1 and "deletedAt" is null`,
        [instanceId],
      );
      return rows[0] ?? null;
    },
    /** Those of no operation that ended over a day ago; the others go with their operation. */
    prune: async (): Promise<void> => {
      await pool.query(`delete from commands where "operationId" is null and "endedAt" < now() - interval '1 day'`);
    },
    count: async (): Promise<{ waiting: number; oldestMs: number | null }> => {
      const { rows } = await pool.query<{ waiting: number; oldestMs: number | null }>(
        `select count(*)::int as waiting, (extract(epoch from now() - min("createdAt")) * 1000)::float8 as "oldestMs"
         from commands c where ${isOpen}`,
      );
      return rows[0] ?? { waiting: 0, oldestMs: null };
    },
  };
}
