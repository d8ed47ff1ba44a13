import { GuestboardError } from '#contract/errors.ts';
import type { Database } from '#contract/resources/account.ts';
import { findStop, grant, listAccounts, listGrants, revoke, rootName } from './access.ts';
import { type Client, errorNumber } from './connections.ts';
import { quoteName, quoteText } from './sql.ts';

const ours = ['mysql', 'information_schema', 'performance_schema', 'sys'].map(quoteText).join(', ');

export async function listDatabases(client: Client): Promise<Database[]> {
  const rows = await client.query<{ name: string; encoding: string; collation: string; bytes: string | number | null }>(
    `SELECT s.SCHEMA_NAME AS name, s.DEFAULT_CHARACTER_SET_NAME AS encoding, s.DEFAULT_COLLATION_NAME AS collation, t.bytes
     FROM information_schema.SCHEMATA s
     LEFT JOIN (SELECT TABLE_SCHEMA, SUM(DATA_LENGTH + INDEX_LENGTH) AS bytes FROM information_schema.TABLES GROUP BY TABLE_SCHEMA) t
       ON t.TABLE_SCHEMA = s.SCHEMA_NAME
     WHERE s.SCHEMA_NAME NOT IN (${ours}) ORDER BY s.SCHEMA_NAME`,
  );
  // Neither server knows an owner of a database.
  return rows.map(({ bytes, ...row }) => ({ ...row, owner: '', sizeBytes: Number(bytes ?? 0) }));
}

export async function listNames(client: Client): Promise<string[]> {
  const rows = await client.query<{ name: string }>(
    `SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN (${ours})`,
  );
  return rows.map(({ name }) => name);
}

export async function createDatabase(client: Client, name: string): Promise<void> {
  assertDatabaseName(client, name);
  if ((await findStop(client)) !== 'nothing')
    throw new GuestboardError('volume-full', 'The volume is full. Drop data or enlarge the volume before making a database.');
  try {
    await client.query(`CREATE DATABASE ${quoteName(name)} CHARACTER SET utf8mb4`);
  } catch (error) {
    if (errorNumber(error) === 1007) throw new GuestboardError('name-taken', 'A database of this name exists.', { field: 'name' });
    throw error;
  }
  for (const account of await listAccounts(client, rootName)) await grant(client, { ...account, database: name, level: 'full' }, 'nothing');
}

/** Rights outlive their database: they go with it, lest the next of its name inherits its users. */
export async function dropDatabase(client: Client, name: string): Promise<void> {
  assertDatabaseName(client, name);
  // What its users may have closed against changes.
  const { openToChanges } = client.dialect;
  if (openToChanges !== null && (await listNames(client)).includes(name)) await client.query(openToChanges(quoteName(name)));
  await client.query(`DROP DATABASE IF EXISTS ${quoteName(name)}`);
  for (const held of await listGrants(client)) if (held.database === name) await revoke(client, held);
}

function assertDatabaseName({ dialect }: Client, name: string): void {
  const reason = dialect.names.refuseDatabase(name);
  if (reason !== null) throw new GuestboardError('invalid-input', reason, { field: 'name' });
}
