import { EventEmitter } from 'node:events';
import pg from 'pg';
import * as z from 'zod';
import type { Database, Tx } from './database.ts';

/**
 * What a commit touched. `access`: an account's rights or sign-ins changed (resource = account id). `membership`: a project's
 * members, invitations or title changed. `command`: a command row waits for the replica that holds its guest.
 */
export const ChangeKind = z.enum([
  'instance',
  'operation',
  'backup',
  'backup-schedule',
  'configuration-group',
  'storage-target',
  'event',
  'project',
  'membership',
  'access',
  'command',
  'guest',
]);
export type ChangeKind = z.infer<typeof ChangeKind>;
export const Change = z.object({ projectId: z.string().nullable(), kind: ChangeKind, resource: z.string(), revision: z.number() });
export type Change = z.infer<typeof Change>;

type ChangingStatement = { name: string; ctes: string; columns: string; from: string; values: unknown[] };

export type ChangeListener = {
  onChange(change: Change): void;
  /** Changes may have been missed while the connection was away: read everything again. */
  onResync?(): void;
};

const channel = 'guestboard_changes';
const toWritten = (source: string) =>
  `written as (insert into changes ("projectId", kind, resource, revision) select * from ${source} returning *)`;
const tellWritten = `select pg_notify('${channel}', json_build_object(
    'projectId', "projectId", 'kind', kind, 'resource', resource, 'revision', revision)::text)::text from written order by id`;
const announceText = `with ${toWritten('unnest($1::text[], $2::text[], $3::text[], $4::bigint[])')} ${tellWritten}`;

export type Changes = ReturnType<typeof openChanges>;

/** Every commit's announcement: a row and a NOTIFY in the same transaction, heard in commit order by every replica. */
export function openChanges(database: Database) {
  const local = new EventEmitter<{ change: [Change]; takenOn: [string] }>().setMaxListeners(0);

  function afterCommit(tx: Tx | pg.PoolClient, changes: readonly Change[]) {
    database.afterCommit(tx, () => {
      for (const change of changes) local.emit('change', change);
    });
  }

  return {
    async announce(tx: Tx, ...changes: Change[]): Promise<void> {
      if (changes.length === 0) return;
      await tx.$queryRawUnsafe(announceText, ...toColumns(changes));
      afterCommit(tx, changes);
    },
    /** The same inside transactSql, for hot paths: one statement however many changes. */
    async announceSql(client: pg.PoolClient, changes: readonly Change[]): Promise<void> {
      if (changes.length === 0) return;
      await client.query({ name: 'announce', text: announceText, values: toColumns(changes) });
      afterCommit(client, changes);
    },
    /**
     * Changes and announces in one statement, a transaction of its own: one round trip where `announceSql` makes five. Of the CTEs, `announced`
     * has "projectId", kind, resource and revision of what changed; `from` has a row whenever that has one.
     */
    async changeSql<Row extends object>({ name, ctes, columns, from, values }: ChangingStatement): Promise<Row | null> {
      const text = `with ${ctes}, ${toWritten('announced')}, told as materialized (${tellWritten})
        select ${columns}, (select json_agg(announced) from announced) as announced, (select count(*) from told) from ${from}`;
      const { rows } = await database.retrying(() => database.pool.query<Row & { announced: Change[] | null }>({ name, text, values }));
      for (const change of rows[0]?.announced ?? []) local.emit('change', change);
      return rows[0] ?? null;
    },
    /** Changes committed by this very process, at once: what lets its own caches never answer older than its own writes. */
    onLocalCommit: (listener: (change: Change) => void) => local.on('change', listener),
    /** Says that nobody need wait any longer for an agent to take an operation on: one has, or it is over. Call it after the commit. */
    tellTakenOn: (operationId: string) => local.emit('takenOn', operationId),
    /** Resolves when this process hears so of an operation, `ms` later at the latest. */
    untilTakenOn: (operationId: string, ms: number): Promise<void> =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          local.off('takenOn', listen);
          resolve();
        };
        const listen = (id: string) => id === operationId && end();
        const timer = setTimeout(end, ms);
        local.on('takenOn', listen);
      }),
    tail: () => tail(database.url),
    prune: async (olderThanMs = 600_000) => {
      await database.pool.query('delete from changes where at < now() - make_interval(secs => $1)', [olderThanMs / 1000]);
    },
  };
}

function toColumns(changes: readonly Change[]) {
  return [
    changes.map((change) => change.projectId),
    changes.map((change) => change.kind),
    changes.map((change) => change.resource),
    changes.map((change) => change.revision),
  ];
}

export type ChangeTail = { subscribe(listener: ChangeListener): () => void; isConnected(): boolean; close(): Promise<void> };

/** Listens on a connection of its own, which it makes again when it breaks or goes quiet; then every listener is told to resync. */
async function tail(url: string): Promise<ChangeTail> {
  const listeners = new Set<ChangeListener>();
  let client: pg.Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  async function connect() {
    const fresh = new pg.Client({ connectionString: url, keepAlive: true, application_name: 'guestboard changes' });
    fresh.on('error', () => lose(fresh));
    fresh.on('end', () => lose(fresh));
    fresh.on('notification', ({ payload }) => {
      const change = Change.safeParse(JSON.parse(payload ?? 'null'));
      if (change.success) for (const listener of listeners) listener.onChange(change.data);
    });
    await fresh.connect();
    await fresh.query(`listen ${channel}`);
    client = fresh;
  }

  function lose(lost: pg.Client) {
    if (closed || client !== lost) return;
    client = null;
    lost.end().catch(() => {});
    reconnect();
  }

  function reconnect() {
    retry = setTimeout(() => {
      connect().then(
        () => {
          for (const listener of listeners) listener.onResync?.();
        },
        () => closed || reconnect(),
      );
    }, 300);
  }

  const beat = setInterval(() => {
    const asked = client;
    if (!asked) return;
    const late = setTimeout(() => lose(asked), 4000);
    asked.query('select 1').then(
      () => clearTimeout(late),
      () => clearTimeout(late),
    );
  }, 5000);
  beat.unref();
  await connect();

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isConnected: () => client !== null,
    close: async () => {
      closed = true;
      clearInterval(beat);
      clearTimeout(retry);
      await client?.end();
    },
  };
}
