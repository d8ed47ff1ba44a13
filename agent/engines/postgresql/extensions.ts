import { GuestboardError } from '#contract/errors.ts';
import type { Answers } from '#contract/guest/commands.ts';
import type { Extension } from '#contract/resources/extension.ts';
import { type Client, inTransaction, sqlState, withClient } from './connections.ts';
import { adoptDatabase, findDatabase } from './databases.ts';
import { builtIn, refuseExtension } from './extension-rules.ts';
import { shareRights } from './groups.ts';
import { type Place, stoppedRole } from './place.ts';
import { quoteName } from './sql.ts';

/** The extensions of one database at a time. */
export function createExtensions(place: Place): Answers<'extensions'> {
  const ask = <T>(database: string, signal: AbortSignal, work: (inside: Client, owners: string) => Promise<T>, makes = false) =>
    withClient(place, { signal }, async (client) => {
      const known = await findDatabase(client, database);
      if (known === null) throw new GuestboardError('not-found', `The database ${database} does not exist.`, { field: 'database' });
      const owners = await adoptDatabase(client, known);
      const answer = await withClient(place, { database, signal, statementTimeoutMs: 120_000 }, (inside) => work(inside, owners));
      // What an extension makes is nobody's of those whose later tables readers and writers get rights on beforehand.
      if (makes) await shareRights(place, client, known);
      return answer;
    });
  return {
    list: async ({ database }, { signal }) => ({
      extensions: (await ask(database, signal, listKnown)).map(({ anybody: _, fixedSchema: __, ...extension }) => extension),
    }),
    create: async ({ database, name }, { signal }) => {
      await ask(database, signal, async (inside, owners) => create(inside, owners, await listKnown(inside), name), true);
      return {};
    },
    drop: async ({ database, name, cascade }, { signal }) => {
      await ask(database, signal, async (inside) => drop(inside, await listKnown(inside), name, cascade));
      return {};
    },
  };
}

type Known = Extension & { anybody: boolean; fixedSchema: string | null };

async function listKnown(inside: Client): Promise<Known[]> {
  const { rows } = await inside.query<Omit<Known, 'refusal' | 'builtIn'>>(
    `SELECT a.name, coalesce(a.comment, '') AS summary, a.default_version AS "availableVersion", x.extversion AS "installedVersion",
       n.nspname AS schema, coalesce(to_json(v.requires), '[]'::json) AS requires, v.trusted OR NOT v.superuser AS anybody,
       v.schema AS "fixedSchema"
     FROM pg_available_extensions a
       JOIN pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
       LEFT JOIN pg_extension x ON x.extname = a.name LEFT JOIN pg_namespace n ON n.oid = x.extnamespace
     ORDER BY a.name`,
  );
  return rows.map((row) => ({
    ...row,
    refusal: [row.name, ...row.requires].map((name) => refuse(rows, name)).find((sentence) => sentence !== null) ?? null,
    builtIn: builtIn.includes(row.name),
  }));
}

function refuse(rows: readonly Pick<Known, 'name' | 'anybody'>[], name: string): string | null {
  return refuseExtension(name, rows.find((row) => row.name === name)?.anybody ?? false);
}

/** There already is fine. What the engine lets anybody create is the tenant's own, to be altered and dropped in SQL as well. */
async function create(inside: Client, owners: string, known: readonly Known[], name: string): Promise<void> {
  const extension = known.find((candidate) => candidate.name === name);
  if (extension === undefined)
    throw new GuestboardError('not-found', `This host has no extension ${name} for the engine.`, { field: 'name' });
  if (extension.refusal !== null)
    throw new GuestboardError('refused', `${name} is not for tenants. ${extension.refusal}`, { field: 'name' });
  if (extension.installedVersion !== null) return;
  if ((await inside.query('SELECT FROM pg_roles WHERE rolname = $1', [stoppedRole])).rows.length > 0)
    throw new GuestboardError('volume-full', 'The volume is full. Drop data or enlarge the volume before making an extension.');
  for (const required of extension.requires) await create(inside, owners, known, required);
  if (extension.fixedSchema === null && (await inside.query("SELECT FROM pg_namespace WHERE nspname = 'public'")).rows.length === 0)
    throw new GuestboardError('conflict', 'Extensions go into the schema public, and this database has none.');
  await inTransaction(inside, async () => {
    if (extension.anybody) await inside.query(`SET LOCAL ROLE ${quoteName(owners)}`);
    const where = extension.fixedSchema === null ? 'SCHEMA public' : '';
    await inside.query(`CREATE EXTENSION IF NOT EXISTS ${quoteName(name)} ${where}`);
  });
}

/** Gone already is fine. What depends on it stops it, by name, unless it is to go, too. */
async function drop(inside: Client, known: readonly Known[], name: string, cascade: boolean): Promise<void> {
  if (builtIn.includes(name)) throw new GuestboardError('refused', `${name} belongs to every database.`, { field: 'name' });
  const installed = await inside.query('SELECT FROM pg_extension WHERE extname = $1', [name]);
  if (installed.rows.length === 0) {
    if (known.some((candidate) => candidate.name === name)) return;
    throw new GuestboardError('not-found', `This host has no extension ${name} for the engine.`, { field: 'name' });
  }
  try {
    await inside.query(`DROP EXTENSION ${quoteName(name)}${cascade ? ' CASCADE' : ''}`);
  } catch (error) {
    if (sqlState(error) !== '2BP01') throw error;
    const detail = error instanceof Error && 'detail' in error && typeof error.detail === 'string' ? error.detail : '';
    throw new GuestboardError('conflict', `${name} is in use: ${summarise(detail)}. Drop that first, or ask for it to go, too.`, {
      field: 'cascade',
      detail,
    });
  }
}

/** The engine's list in few words: two of its lines and how many more. */
function summarise(detail: string): string {
  const lines = detail.split('\n').filter(Boolean);
  const more = lines.length - 2;
  return `${lines.slice(0, 2).join('; ') || 'other things depend on it'}${more > 0 ? `; and ${more} more` : ''}`;
}
