import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ensureDatabaseAccount } from './account.mjs';
import { startDatabase } from './database.mjs';
import { layOut } from './layout.mjs';
import { migrate } from './migration.mjs';
import { linkPackagedPostgres, placePostgres } from './packaged-postgres.mjs';
import { inProject } from './places.mjs';
import { findPostmaster } from './postmaster.mjs';
import { signal, waitUntilGone } from './process-identity.mjs';
import { run } from './run.mjs';
import { start as startLauncher } from './start.testsuite.ts';

const scratch = mkdtempSync('/var/tmp/guestboard-launcher-');
chmodSync(scratch, 0o711);
const account = ensureDatabaseAccount();
const layout = layOut({ data: scratch, isRoot: process.getuid?.() === 0, keyFile: undefined }, account);
let database: { url: string; isNew: boolean; isAdopted: boolean; keepUp(): void; stop(): Promise<void> };

beforeAll(async () => {
  linkPackagedPostgres();
  database = await start();
});
afterAll(async () => {
  await (await start()).stop();
  rmSync(scratch, { recursive: true });
  rmSync(layout.sockets, { recursive: true });
});

test('it is made once, for its own account, behind a password and a closed folder', async () => {
  expect(database.isNew).toBe(true);
  expect(statSync(layout.sockets).mode & 0o777).toBe(0o700);
  expect(statSync(layout.databasePassword).mode & 0o777).toBe(0o600);
  expect(statSync(layout.database).uid).toBe(account?.uid ?? process.getuid?.());
  await expect(ask('select 1', database.url.replace(/:[^:@]+@/, ':wrong@'))).rejects.toThrow('password authentication failed');
  expect(await ask('show listen_addresses')).toEqual([{ listen_addresses: '' }]);
});

test('one that an earlier launcher left running is adopted', async () => {
  const before = findPostmaster(layout.database);
  const again = await start();
  expect(again).toMatchObject({ isNew: false, isAdopted: true });
  expect(findPostmaster(layout.database)?.pid).toBe(before?.pid);
});

test('without the file of its password a start says so, ends, and leaves none running', async () => {
  const aside = `${layout.databasePassword}.aside`;
  renameSync(layout.databasePassword, aside);
  mkdirSync(path.dirname(layout.keyFile), { recursive: true });
  writeFileSync(layout.keyFile, 'a key');
  const { code, said } = await startLauncher({ GUESTBOARD_DATA: scratch });
  rmSync(layout.keyFile);
  renameSync(aside, layout.databasePassword);
  expect(said).toMatch(
    /^The file \S+\/keys\/database-password is gone, and the control plane's database cannot be opened .* copy you keep\.$/,
  );
  expect(code).toBe(1);
  expect(findPostmaster(layout.database)).toBeUndefined();
  database = await start();
});

test('a lock file that names a stranger is not believed, and the stranger is left alone', async () => {
  await database.stop();
  const lock = [process.pid, layout.database, Math.round(Date.now() / 1000), 5432, layout.sockets, '', ''].join('\n');
  writeFileSync(path.join(layout.database, 'postmaster.pid'), lock);
  expect(findPostmaster(layout.database)).toBeUndefined();
  database = await start();
  expect(database.isAdopted).toBe(false);
  expect(Number(readFileSync(path.join(layout.database, 'postmaster.pid'), 'utf8').split('\n')[0])).not.toBe(process.pid);
});

test('one whose main process was killed is started again', async () => {
  const killed = findPostmaster(layout.database);
  if (!killed) throw new Error('No database runs.');
  // What a busy host does: a process of its own that ends a second later than it.
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => {});
  await client.connect();
  const [{ pid }] = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows as [{ pid: number }];
  process.kill(pid, 'SIGSTOP');
  const goneOn = new Promise((resolve) => setTimeout(resolve, 1000)).then(() => process.kill(pid, 'SIGCONT'));
  signal(killed, 'SIGKILL');
  await waitUntilGone(killed, 5000);
  try {
    database = await start();
  } finally {
    await goneOn;
    await client.end().catch(() => {});
  }
  expect(database.isAdopted).toBe(false);
  expect(await ask('select 1 as one')).toEqual([{ one: 1 }]);
});

test('kept up, one whose main process is killed comes back by itself, and one that is stopped does not', async () => {
  database.keepUp();
  const killed = findPostmaster(layout.database);
  if (!killed) throw new Error('No database runs.');
  signal(killed, 'SIGKILL');
  await waitUntilGone(killed, 5000);
  await vi.waitFor(async () => expect(await ask('select 1 as one')).toEqual([{ one: 1 }]), { timeout: 30_000, interval: 200 });
  await database.stop();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(findPostmaster(layout.database)).toBeUndefined();
  database = await start();
});

test('its schema is made, then found current, and one of a newer version is refused in one sentence', async () => {
  expect(await migrate(database.url)).toBe('empty');
  expect(await migrate(database.url)).toBe('current');
  await ask(
    `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) values ('x', 'x', '29990101000000_later', now(), 1)`,
  );
  await expect(migrate(database.url)).rejects.toThrow(
    /^The database has the schema of a newer version of Guestboard \(29990101000000_later\): start that version, or name another database or data folder\.$/,
  );
});

// It builds first where nothing is built yet.
test('a start on the schema of a newer version says so in one sentence, ends, and changes nothing', { timeout: 300_000 }, async () => {
  const look = () => ask('select (select count(*) from _prisma_migrations) as migrations, (select count(*) from "user") as people');
  const before = await look();
  const { code, said } = await startLauncher({ DATABASE_URL: database.url, GUESTBOARD_DATA: path.join(scratch, 'newer') }, 290_000);
  expect(said).toBe(
    'The database has the schema of a newer version of Guestboard (29990101000000_later): start that version, or name another database or data folder.',
  );
  expect(code).toBe(1);
  expect(await look()).toEqual(before);
});

test('a migration that was cut short is taken up again, and Prisma agrees with the result', async () => {
  await ask('drop schema public cascade');
  await ask('create schema public');
  expect(await migrate(database.url)).toBe('empty');
  await ask('drop schema public cascade');
  await ask('create schema public');
  await ask(
    'create table _prisma_migrations (id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null, logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)',
  );
  await ask(`insert into _prisma_migrations (id, checksum, migration_name) values ('x', 'x', '20261123080000_first')`);
  expect(await migrate(database.url)).toBe('empty');
  expect(await migrate(database.url)).toBe('current');
  const prisma = [inProject('node_modules/prisma/build/index.js'), 'migrate', 'status'];
  const { code, output } = await run(process.execPath, prisma, {
    env: { ...process.env, DATABASE_URL: database.url, CHECKPOINT_DISABLE: '1' },
  });
  expect([code, output]).toEqual([0, expect.stringContaining('Database schema is up to date!')]);
});

test('two servers that start at once migrate once', async () => {
  await ask('drop schema public cascade');
  await ask('create schema public');
  const found = await Promise.all([migrate(database.url), migrate(database.url)]);
  expect(found).toContain('empty');
  expect(await migrate(database.url)).toBe('current');
});

function start() {
  return startDatabase(layout, placePostgres(account, layout), account);
}

async function ask(sql: string, url = database.url): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
