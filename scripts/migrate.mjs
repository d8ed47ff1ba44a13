import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { inProject, project } from '../launcher/places.mjs';
import { offline } from '../launcher/prisma-client.mjs';
import { run } from '../launcher/run.mjs';

// Brings the database of DATABASE_URL to this version's schema. Prints one line of JSON: { state, waiting } where state is
// `empty` (never migrated), `behind`, `current`, `newer` or `different`. With --inspect it changes nothing.
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

/** Under a lock of the whole database: of several servers starting at once one migrates, the others find it done. */
async function migrate() {
  await client.query("select pg_advisory_lock(hashtext('guestboard migrations'))");
  const { state } = await inspect();
  if (state === 'empty' || state === 'behind') {
    const prisma = inProject('node_modules/prisma/build/index.js');
    const { code, output } = await run(process.execPath, [prisma, 'migrate', 'deploy'], { cwd: project, env: offline });
    if (code !== 0) fail(`The database could not be migrated.\n${output.trimEnd().split('\n').slice(-15).join('\n')}`);
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
    .map(({ name }) => ({
      name,
      checksum: createHash('sha256')
        .update(readFileSync(path.join(folder, name, 'migration.sql')))
        .digest('hex'),
    }));
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
