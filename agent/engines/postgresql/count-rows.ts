import { GuestboardError } from '#contract/errors.ts';
import type { Client } from './connections.ts';
import { quoteName } from './sql.ts';

export type Countable = { schema: string; name: string; column: string | null };

/** In a query over `pg_class c`: the smallest column, of a type that is the engine's own where there is one. */
export const smallestColumn = `(SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     ORDER BY atttypid >= 16384, attlen < 0, attlen, attnum LIMIT 1)`;

/**
 * Never by a query: planning one computes what a tenant put into an index's condition, and a view that took the table's place since it was
 * listed is run, all of it with our rights. COPY of a table refuses views, plans nothing and tells how many rows it wrote.
 */
export async function countRows(client: Client, { schema, name, column }: Countable): Promise<number> {
  const columns = column === null ? '' : ` (${quoteName(column)})`;
  const { rowCount } = await client.query(`COPY ${quoteName(schema)}.${quoteName(name)}${columns} TO '/dev/null'`);
  if (rowCount === null) throw new GuestboardError('engine-error', 'PostgreSQL did not say how many rows a table has.');
  return rowCount;
}
