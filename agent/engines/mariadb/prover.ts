import { GuestboardError } from '#contract/errors.ts';
import type { Prover } from '../../backup/prover.ts';
import { type Client, errorNumber, withClient } from './connections.ts';
import type { Place } from './place.ts';
import { quoteName } from './sql.ts';

type Table = { schema: string; name: string; bytes: string | number; mark: string };

const hourMs = 3_600_000;
const ours = "'information_schema', 'performance_schema', 'sys', 'mysql'";
const discardedError = 1814;

/** CHECK TABLE reads every row by the primary key and counts every other index against it. */
export function createProver(place: Place): Prover {
  return {
    count: async ({ mostBytes, eachMs, budgetMs, listingMs }, signal) => {
      const tables = await withClient(place, { statementTimeoutMs: listingMs, signal }, listTables);
      return withClient(place, { statementTimeoutMs: eachMs, signal }, async (client) => {
        const end = performance.now() + budgetMs;
        const each = [];
        for (const { schema, name, bytes, mark } of tables) {
          const isCheap = Number(bytes) <= mostBytes && performance.now() < end;
          // A view has no indexes to name: one that took the table’s place since it was listed would run what its maker wrote, with our rights.
          const text = `SELECT COUNT(*) AS amount FROM ${quoteName(schema)}.${quoteName(name)} USE INDEX ()`;
          const found = isCheap ? await client.query<{ amount: string | number }>(text).catch(() => null) : null;
          each.push({ name: `${schema}.${name}`, rows: found === null ? null : Number(found[0]?.amount), mark });
        }
        return { unit: 'tables', things: each.length, each };
      });
    },
    check: ({ progress, signal }) =>
      withClient(place, { statementTimeoutMs: 12 * hourMs, signal }, async (client) => {
        const tables = await listTables(client);
        let discarded = 0;
        for (const [done, { schema, name }] of tables.entries()) {
          progress({ done, total: tables.length, unit: 'items', detail: `${schema}.${name}` });
          const said = await client.query<{ Msg_type: string; Msg_text: string }>(`CHECK TABLE ${quoteName(schema)}.${quoteName(name)}`);
          const fault = said.find(({ Msg_type }) => Msg_type.toLowerCase() === 'error');
          if (fault === undefined) continue;
          if (await isDiscarded(client, { schema, name })) discarded += 1;
          else throw new GuestboardError('backup-damaged', `The restored ${schema}.${name} is damaged.`, { detail: fault.Msg_text });
        }
        const without = discarded === 0 ? '' : ` ${discarded} more came as they were, without data: ALTER TABLE … DISCARD TABLESPACE.`;
        return [{ what: 'CHECK TABLE', outcome: `${tables.length - discarded} tables are sound.${without}` }];
      }),
  };
}

/** Its owner took its data away: it had none when it was copied either. Data that is missing is another error. */
async function isDiscarded(client: Client, { schema, name }: Pick<Table, 'schema' | 'name'>): Promise<boolean> {
  try {
    await client.query(`SELECT 1 FROM ${quoteName(schema)}.${quoteName(name)} USE INDEX () LIMIT 1`);
    return false;
  } catch (error) {
    return errorNumber(error) === discardedError;
  }
}

type Described = Omit<Table, 'mark'> & { writtenAt: string };

/**
 * The smallest first. The time of the last write is in whole seconds; the engine's own count of changes tells those within one. They are put
 * together here: the server has no index for it and compares each table with each, which took two seconds for three thousand.
 */
async function listTables(client: Client): Promise<Table[]> {
  const changes = await client.query<{ name: string; changes: string | number }>(
    `SELECT NAME AS name, MODIFIED_COUNTER AS changes FROM ${client.dialect.look.tableChanges}`,
  );
  const known = new Map(changes.map((table) => [table.name, table.changes]));
  const tables = await client.query<Described>(
    `SELECT TABLE_SCHEMA AS \`schema\`, TABLE_NAME AS name, COALESCE(DATA_LENGTH, 0) AS bytes, COALESCE(CAST(UPDATE_TIME AS CHAR), 'never') AS writtenAt
     FROM information_schema.TABLES
     WHERE TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND TABLE_SCHEMA NOT IN (${ours}) ORDER BY 3, 1, 2`,
  );
  return tables.map(({ writtenAt, ...table }) => ({ ...table, mark: `${writtenAt} ${known.get(`${table.schema}/${table.name}`) ?? ''}` }));
}
