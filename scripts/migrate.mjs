import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { inProject } from '../launcher/places.mjs';

// Brings the database of DATABASE_URL to this version's schema. Prints one line of JSON: { state, waiting } where state is
// `empty` (never migrated), `behind`, `current`, `newer` or `different`. With --inspect it changes nothing.
const prismasTable = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
  logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;
const client = new pg.Client({
  connectionString: process.env.DATABASE_URL,
  application_name: 'guestboard migrate',
  connectionTimeoutMillis: 15_000,
});
await client.connect().catch((error) => fail(`The control plane's database does not answer: ${error.message}`));
try {
  const found = await inspect();
  if (!process.argv.includes('--inspect') && ['empty', 'behind'].includes(found.state)) await migrate();
  console.log(JSON.stringify(found));
} finally {
  await client.end();
}

/**
 * Under a lock of the whole database: of several servers starting at once one migrates, the others find it done. Each migration
 * and its line in Prisma's table are one transaction: a start that was cut short leaves the schema as it was.
 */
async function migrate() {
  await client.query("select pg_advisory_lock(hashtext('guestboard migrations'))");
  await client.query(prismasTable);
  const { waiting } = await inspect();
  for (const { name, checksum, sql } of listMigrations().filter((migration) => waiting?.includes(migration.name))) {
    try {
      await client.query('begin');
      await client.query(sql);
      await client.query('delete from _prisma_migrations where migration_name = $1', [name]);
      await client.query(
        `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
         values (gen_random_uuid()::text, $1, $2, clock_timestamp(), 1)`,
        [checksum, name],
      );
      await client.query('commit');
    } catch (error) {
      fail(`The migration ${name} failed and was taken back: ${error.message}`);
    }
  }
  await client.query("select pg_advisory_unlock(hashtext('guestboard migrations'))");
}

async function inspect() {
  const ours = listMigrations();
  const { rows: tables } = await client.query("select to_regclass('_prisma_migrations') is not null as there");
  if (!tables[0].there) return { state: 'empty', waiting: ours.map(({ name }) => name) };
  const { rows } = await client.query(
    'select migration_name as name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  const unknown = rows.filter((row) => !ours.some(({ name }) => name === row.name)).map(({ name }) => name);
  if (unknown.length > 0) return { state: 'newer', unknown };
  const different = ours.filter(({ name, checksum }) => rows.some((row) => row.name === name && row.checksum !== checksum));
  if (different.length > 0) return { state: 'different', different: different.map(({ name }) => name) };
  const waiting = ours.filter(({ name }) => !rows.some((row) => row.name === name)).map(({ name }) => name);
  if (rows.length === 0) return { state: 'empty', waiting };
  return { state: waiting.length > 0 ? 'behind' : 'current', waiting };
}

function listMigrations() {
  const folder = inProject('prisma/migrations');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, sql: readFileSync(path.join(folder, name, 'migration.sql'), 'utf8') }))
    .map(({ name, sql }) => ({ name, sql, checksum: createHash('sha256').update(sql).digest('hex') }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
