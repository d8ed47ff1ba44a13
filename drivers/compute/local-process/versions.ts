import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DatastoreName } from '#contract/datastores/index.ts';
import { run } from '#drivers/process/run.ts';
import type { HostVersion } from '../compute.ts';
import { listPlacedPostgres, placePackagedPostgres } from './packaged-postgres.ts';
import type { Places } from './places.ts';

type Found = { binFolder: string; origin: string };
/** A file that is the server, the name it is the server by, and what stands before the number of its version. */
type Program = { file: string; name: string; kind: string };

/** How a datastore is found on this host: where its programs may be, which of them to ask, and how people call a version of it. */
type Discovery = {
  folders(places: Places, isolated: boolean): Promise<Found[]>;
  /** Where programs of before may lie still, which nobody is offered any more. */
  earlier?(places: Places): string[];
  /** The servers that a folder may hold. */
  programs(binFolder: string): readonly Program[];
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
    earlier: listPlacedPostgres,
    programs: () => only('postgres'),
    answer: /\(PostgreSQL\) (\d+[^\s]*)/,
    choice: /^\d+/,
  },
  mariadb: {
    folders: async () => [{ binFolder: '/usr/sbin', origin: 'Debian' }],
    // Its installer is a script that needs the rest of the package.
    programs: (binFolder) => (existsSync(path.join(binFolder, '../bin/mariadb-install-db')) ? only('mariadbd') : []),
    answer: /Ver (\d+\.\d+\.\d+)-MariaDB/,
    choice: /^\d+\.\d+/,
  },
  mysql: {
    // On a host with MariaDB a program of this name is that one's.
    folders: async () => [{ binFolder: '/usr/sbin', origin: 'Debian' }],
    programs: () => only('mysqld'),
    answer: /^(?!.*MariaDB).* Ver ((?:8\.[4-9]|9\.\d|\d\d+\.\d)[\d.]*)/,
    choice: /^\d+\.\d+/,
  },
  redis: {
    folders: async () => [{ binFolder: '/usr/bin', origin: 'Debian' }],
    programs: listRedisPrograms,
    answer: / v=(\d+\.\d+\.\d+)/,
    choice: /^(?:valkey-)?\d+\.\d+/,
  },
};

/**
 * The word before the number tells Valkey from Redis, which the same engine drives. Debian's tools hold the server under the name of a checker,
 * whose package brings no service; where the server's own is, it does as well. Without the client beside it nothing could be backed up.
 */
function listRedisPrograms(binFolder: string): Program[] {
  return ['valkey', 'redis'].flatMap((kind) => {
    const name = `${kind}-server`;
    const file = [name, `${kind}-check-rdb`].find((candidate) => existsSync(path.join(binFolder, candidate)));
    if (file === undefined || !existsSync(path.join(binFolder, `${kind}-cli`))) return [];
    return [{ file, name, kind: kind === 'redis' ? '' : `${kind}-` }];
  });
}

function only(name: string): Program[] {
  return [{ file: name, name, kind: '' }];
}

type FindOptions = {
  places: Places;
  isolated: boolean /** Looked at before all others, for programs of any datastore. */;
  programFolders: readonly string[];
};

export type VersionFinder = {
  list(): Promise<HostVersion[]>;
  /** This version, if it lies in this folder now, though another may come before it. Only where a datastore's programs may lie: a guest's word is none. */
  findIn(datastore: DatastoreName, version: string, binFolder: string): Promise<HostVersion | null>;
};

/**
 * What the host has now: of each datastore what the configured folders hold, then Debian's versions, then what comes with npm where none of
 * these has the same; newest first. Asks a program only when its file is another one than at the last look.
 */
export function createVersionFinder({ places, isolated, programFolders }: FindOptions): VersionFinder {
  const asked = new Map<string, Promise<string | null>>();
  const ask = (binFolder: string, program: Program, answer: RegExp) => {
    const file = path.join(binFolder, program.file);
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return null;
    const key = `${file} ${found.ino} ${found.size} ${found.mtimeMs}`;
    const said = asked.get(key) ?? askVersion(file, program.name, answer);
    asked.set(key, said);
    return said;
  };
  /** What is only driven like a datastore comes after it. */
  const isKin = ({ version }: HostVersion) => Number(/^\D/.test(version));
  const listFolders = async (datastore: DatastoreName): Promise<Found[]> => {
    const configured = programFolders.map((binFolder) => ({ binFolder, origin: 'configured' }));
    return [...configured, ...(await discoveries[datastore].folders(places, isolated))];
  };
  const look = async (datastore: DatastoreName, { binFolder, origin }: Found): Promise<HostVersion[]> => {
    const { programs, answer: wanted, choice } = discoveries[datastore];
    const found: HostVersion[] = [];
    for (const program of programs(binFolder)) {
      const answer = await ask(binFolder, program, wanted);
      const full = answer === null ? null : `${program.kind}${answer}`;
      const version = choice.exec(full ?? '')?.[0];
      if (full !== null && version !== undefined) found.push({ datastore, version, full, origin, binFolder });
    }
    return found;
  };
  const findOf = async (datastore: DatastoreName): Promise<HostVersion[]> => {
    const mine: HostVersion[] = [];
    for (const folder of await listFolders(datastore))
      for (const found of await look(datastore, folder)) if (!mine.some(({ version }) => version === found.version)) mine.push(found);
    return mine.sort((one, other) => isKin(one) - isKin(other) || other.version.localeCompare(one.version, 'en', { numeric: true }));
  };
  return {
    list: async () => (await Promise.all((Object.keys(discoveries) as DatastoreName[]).map(findOf))).flat(),
    async findIn(datastore, version, binFolder) {
      const earlier = discoveries[datastore].earlier?.(places) ?? [];
      const folders = [...(await listFolders(datastore)), ...earlier.map((folder) => ({ binFolder: folder, origin: 'earlier' }))];
      const folder = folders.find((known) => known.binFolder === binFolder);
      const found = folder === undefined ? [] : await look(datastore, folder);
      return found.find((one) => one.version === version) ?? null;
    },
  };
}

function debianFolders(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .map((version) => path.join(root, version, 'bin'))
    .filter((folder) => existsSync(path.join(folder, 'initdb')));
}

async function askVersion(file: string, argv0: string, answer: RegExp): Promise<string | null> {
  try {
    const { code, stdout } = await run(file, ['--version'], { deadlineMs: 10_000, argv0 });
    return code === 0 ? (answer.exec(stdout)?.[1] ?? null) : null;
  } catch {
    return null;
  }
}
