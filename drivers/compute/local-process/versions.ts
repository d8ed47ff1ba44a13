import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DatastoreName } from '#contract/datastores/index.ts';
import { run } from '#drivers/process/run.ts';
import type { HostVersion } from '../compute.ts';
import { placePackagedPostgres } from './packaged-postgres.ts';
import type { Places } from './places.ts';

type Found = { binFolder: string; origin: string; program?: string; kind?: string };

/** How a datastore is found on this host: where its programs may be, which of them to ask, and how people call a version of it. */
type Discovery = {
  folders(places: Places, isolated: boolean): Promise<Found[]>;
  program: string;
  /** The full version in the program's answer, and within it the part that people choose. */
  answer: RegExp;
  choice: RegExp;
};

const discoveries: { [D in DatastoreName]: Discovery } = {
  postgresql: {
    folders: async (places, isolated) => [
      ...debianFolders().map((binFolder) => ({ binFolder, origin: 'Debian' })),
      ...(await placePackagedPostgres(places, isolated)).map((binFolder) => ({ binFolder, origin: 'npm' })),
    ],
    program: 'postgres',
    answer: /\(PostgreSQL\) (\d+[^\s]*)/,
    choice: /^\d+/,
  },
  mariadb: {
    // Its installer is a script that needs the rest of the package, so no other place is looked at.
    folders: async () => (existsSync('/usr/bin/mariadb-install-db') ? [{ binFolder: '/usr/sbin', origin: 'Debian' }] : []),
    program: 'mariadbd',
    answer: /Ver (\d+\.\d+\.\d+)-MariaDB/,
    choice: /^\d+\.\d+/,
  },
  mysql: {
    // On a host with MariaDB a program of this name is that one's.
    folders: async () => [{ binFolder: '/usr/sbin', origin: 'Debian' }],
    program: 'mysqld',
    answer: /^(?!.*MariaDB).* Ver ((?:8\.[4-9]|9\.\d|\d\d+\.\d)[\d.]*)/,
    choice: /^\d+\.\d+/,
  },
  redis: {
    // The word before the number tells Valkey from Redis, which the same engine drives.
    folders: async () => listRedisPrograms(),
    program: 'redis-server',
    answer: /(?: v=|-check-rdb )(\d+\.\d+\.\d+)/,
    choice: /^(?:valkey-)?\d+\.\d+/,
  },
};

/** Debian's tools hold the server under the name of a checker, whose package brings no service; where the server's own is, it does as well. */
function listRedisPrograms(): { binFolder: string; origin: string; program: string; kind: string }[] {
  const binFolder = '/usr/bin';
  return ['valkey', 'redis'].flatMap((kind) => {
    const program = [`${kind}-server`, `${kind}-check-rdb`].find((name) => existsSync(path.join(binFolder, name)));
    return program === undefined ? [] : [{ binFolder, origin: 'Debian', program, kind: kind === 'redis' ? '' : `${kind}-` }];
  });
}

type FindOptions = {
  places: Places;
  isolated: boolean /** Looked at before all others, for programs of any datastore. */;
  programFolders: readonly string[];
};

/**
 * What the host has now: of each datastore what the configured folders hold, then Debian's versions, then what comes with npm where none of
 * these has the same; newest first. Asks a program only when its file is another one than at the last look.
 */
export function createVersionFinder({ places, isolated, programFolders }: FindOptions): () => Promise<HostVersion[]> {
  const asked = new Map<string, Promise<string | null>>();
  const ask = (binFolder: string, discovery: Discovery) => {
    const file = path.join(binFolder, discovery.program);
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return null;
    const key = `${file} ${found.ino} ${found.size} ${found.mtimeMs}`;
    const answer = asked.get(key) ?? askVersion(binFolder, discovery);
    asked.set(key, answer);
    return answer;
  };
  const findOf = async (datastore: DatastoreName): Promise<HostVersion[]> => {
    const discovery = discoveries[datastore];
    const configured = programFolders.map((binFolder) => ({ binFolder, origin: 'configured' }));
    const mine: HostVersion[] = [];
    for (const { binFolder, origin, program, kind = '' } of [...configured, ...(await discovery.folders(places, isolated))] as Found[]) {
      const answer = await ask(binFolder, program === undefined ? discovery : { ...discovery, program });
      const full = answer === null ? null : `${kind}${answer}`;
      const version = discovery.choice.exec(full ?? '')?.[0];
      if (full === null || version === undefined || mine.some((known) => known.version === version)) continue;
      mine.push({ datastore, version, full, origin, binFolder });
    }
    return mine.sort((one, other) => other.version.localeCompare(one.version, 'en', { numeric: true }));
  };
  return async () => (await Promise.all((Object.keys(discoveries) as DatastoreName[]).map(findOf))).flat();
}

function debianFolders(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .map((version) => path.join(root, version, 'bin'))
    .filter((folder) => existsSync(path.join(folder, 'initdb')));
}

async function askVersion(binFolder: string, { program, answer }: Discovery): Promise<string | null> {
  try {
    const { code, stdout } = await run(path.join(binFolder, program), ['--version'], { deadlineMs: 10_000 });
    return code === 0 ? (answer.exec(stdout)?.[1] ?? null) : null;
  } catch {
    return null;
  }
}
