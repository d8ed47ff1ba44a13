import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import { noteBackupFolders } from './backup-folders.ts';

/** Where guests of this host live. `agents` belongs to the control plane alone: what a guest cannot write, it cannot forge. */
export type Places = { guests: string; agents: string; backups: string; programs: string; base: string };

/** A socket's path has at most 107 bytes: folder + /run/.s.PGSQL.12345.lock. */
const longestGuestsFolder = 107 - '/12345678/run/.s.PGSQL.12345.lock'.length;

/**
 * Takes the data folder where the instances' accounts can reach it and it is short enough; else a folder of the system,
 * the same one for the same data folder. Throws `conflict` when no place can be made.
 */
export function choosePlaces(dataFolder: string, isolated: boolean): Places {
  const key = createHash('sha256').update(path.resolve(dataFolder)).digest('hex').slice(0, 8);
  const user = process.getuid?.() ?? 0;
  const candidates = [
    path.resolve(dataFolder),
    ...(isolated ? [] : [path.join(homedir(), '.guestboard', key)]),
    ...(user === 0 ? [path.join('/var/lib/guestboard', key)] : []),
    path.join('/var/tmp', `guestboard-${user}`, key),
  ];
  const failures: string[] = [];
  for (const base of candidates) {
    const failure = tryPlace(base, isolated);
    if (failure === null) return makePlaces(base);
    failures.push(`${base}: ${failure}`);
  }
  throw new GuestboardError('conflict', 'No folder for guests can be made on this host.', { detail: failures.join('\n') });
}

function makePlaces(base: string): Places {
  const places = {
    base,
    guests: path.join(base, 'guests'),
    agents: path.join(base, 'agents'),
    backups: path.join(base, 'backups'),
    programs: path.join(base, 'programs'),
  };
  for (const [folder, mode] of [
    [places.guests, 0o711],
    [places.agents, 0o700],
    [places.programs, 0o755],
  ] as const) {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, mode);
  }
  // Where folders of projects were made in it and it is not there, it is away: an empty one would keep it from coming back.
  if (!noteBackupFolders(places) || existsSync(places.backups)) {
    mkdirSync(places.backups, { recursive: true });
    chmodSync(places.backups, 0o711);
  }
  return places;
}

function tryPlace(base: string, isolated: boolean): string | null {
  if (Buffer.byteLength(path.join(base, 'guests')) > longestGuestsFolder) return 'too long for a socket’s path';
  try {
    mkdirSync(base, { recursive: true, mode: 0o755 });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!isolated) return null;
  const closed = findClosedFolder(base);
  return closed === null ? null : `${closed} is closed to other accounts`;
}

/** The first folder on the way that other accounts may not pass, or null. */
export function findClosedFolder(folder: string): string | null {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    if ((statSync(current).mode & 0o001) === 0) return current;
    if (current === path.dirname(current)) return null;
  }
}
