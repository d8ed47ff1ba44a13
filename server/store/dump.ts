import { GuestboardError } from '#contract/errors.ts';
import type { Database } from './database.ts';

/** What lives for minutes, or belongs to the machine it was made on. */
const leftOut = ['samples', 'changes', 'replicas', 'socket_io_attachments', 'idempotent_answers', 'commands', 'session', 'rateLimit'];
const format = 'guestboard-control-plane-1';
const batchRows = 500;

export type DumpHead = { format: typeof format; madeAt: string; migrations: string[] };

/**
 * Every row worth keeping, as of one moment, as lines of JSON: a head, then for each table its name and its rows, and how many rows
 * there were. Tables come after those they refer to.
 */
export async function* dumpRows(database: Database, madeAt: string): AsyncGenerator<string> {
  const client = await database.pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const { rows: migrations } = await client.query<{ name: string }>(
      'select migration_name as name from _prisma_migrations where finished_at is not null order by name',
    );
    const head: DumpHead = { format, madeAt, migrations: migrations.map(({ name }) => name) };
    yield `#${JSON.stringify(head)}\n`;
    let count = 0;
    for (const table of await listTables(client)) {
      yield `#${JSON.stringify({ table })}\n`;
      await client.query(`declare dumped no scroll cursor for select row_to_json(t)::text as row from ${quote(table)} t`);
      for (;;) {
        const { rows } = await client.query<{ row: string }>(`fetch ${batchRows} from dumped`);
        if (rows.length === 0) break;
        count += rows.length;
        yield rows.map(({ row }) => `${row}\n`).join('');
      }
      await client.query('close dumped');
    }
    yield `#${JSON.stringify({ end: true, rows: count })}\n`;
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      (fault) => client.release(fault),
    );
  }
}

/** Puts a dump's rows into a database of the same or a newer schema that has none, and finishes, in one transaction. Answers the head and how many. */
export async function loadRows<T>(
  database: Database,
  lines: AsyncIterable<string>,
  finish: (client: Client, head: DumpHead) => Promise<T>,
): Promise<{ head: DumpHead; rows: number; finished: T }> {
  return database.transactSql(async (client) => {
    let head: DumpHead | null = null;
    let table: { name: string; columns: string[] } | null = null;
    let batch: string[] = [];
    let rows = 0;
    let ended = false;
    const write = async () => {
      if (table === null || batch.length === 0) return;
      const written = Object.keys(JSON.parse(batch[0] ?? '{}')).filter((column) => table?.columns.includes(column));
      const columns = written.map(quote).join(', ');
      await client.query(
        `insert into ${quote(table.name)} (${columns}) overriding system value
         select ${columns} from json_populate_recordset(null::${quote(table.name)}, $1::json)`,
        [`[${batch.join(',')}]`],
      );
      rows += batch.length;
      batch = [];
    };
    for await (const line of lines) {
      if (!line.startsWith('#')) {
        batch.push(line);
        if (batch.length >= batchRows) await write();
        continue;
      }
      await write();
      const said = JSON.parse(line.slice(1)) as Partial<DumpHead> & { table?: string; end?: boolean; rows?: number };
      if (said.format !== undefined) head = said as DumpHead;
      else if (said.table !== undefined) table = { name: said.table, columns: await listColumns(client, said.table) };
      else if (said.end) ended = said.rows === rows;
    }
    if (head?.format !== format || !ended) throw new GuestboardError('backup-damaged', 'The save of the control plane is not complete.');
    await continueSequences(client);
    return { head, rows, finished: await finish(client, head) };
  });
}

export type Client = { query<Row>(sql: string, values?: unknown[]): Promise<{ rows: Row[] }> };

async function listTables(client: Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`,
  );
  const { rows: references } = await client.query<{ from: string; to: string }>(
    `select f.relname as "from", t.relname as "to" from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
     where k.contype = 'f' and k.conrelid <> k.confrelid`,
  );
  const waiting = new Set(tables.map(({ name }) => name).filter((name) => name !== '_prisma_migrations' && !leftOut.includes(name)));
  const ordered: string[] = [];
  while (waiting.size > 0) {
    const free = [...waiting].filter((name) => !references.some(({ from, to }) => from === name && waiting.has(to)));
    if (free.length === 0) throw new Error(`Tables refer to one another in a circle: ${[...waiting].join(', ')}.`);
    for (const name of free) waiting.delete(name);
    ordered.push(...free);
  }
  return ordered;
}

async function listColumns(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select column_name as name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'`,
    [table],
  );
  if (rows.length === 0) throw new GuestboardError('invalid-input', `The save holds a table that this version does not know: ${table}.`);
  return rows.map(({ name }) => name);
}

/** Numbers given from now on come after those that were loaded. */
async function continueSequences(client: Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(
    `select table_name as "table", column_name as "column", pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence
     from information_schema.columns where table_schema = 'public'
       and pg_get_serial_sequence(quote_ident(table_name), column_name) is not null`,
  );
  for (const { table, column, sequence } of rows)
    await client.query(
      `select setval($1::regclass, greatest(1, (select coalesce(max(${quote(column)}), 0) + 1 from ${quote(table)})), false)`,
      [sequence],
    );
}

function quote(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
