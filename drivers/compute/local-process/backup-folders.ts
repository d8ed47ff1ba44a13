import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Account } from '#drivers/process/account.ts';

type Folders = { agents: string; backups: string };

/**
 * One folder per project, shared by its instances through their group. It is made once: where one that was made is not there, its disk is not
 * mounted, and another in its place would take what belongs on that.
 */
export function makeBackupFolder(places: Folders, projectId: string, account: Account | undefined): string {
  const folder = nameBackupFolder(places, projectId);
  if (isAway(places, folder)) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(nameNote(places, folder), '');
  if (account === undefined) {
    chmodSync(folder, 0o700);
  } else {
    chownSync(folder, 0, account.gid);
    chmodSync(folder, 0o2770);
  }
  return folder;
}

/** For whoever has no account in the project; what is there stays as it is. */
export function ensureBackupFolder(places: Folders, projectId: string): string {
  const folder = nameBackupFolder(places, projectId);
  return existsSync(folder) ? folder : makeBackupFolder(places, projectId, undefined);
}

export function nameBackupFolder({ backups }: Pick<Folders, 'backups'>, projectId: string): string {
  const key = /^[A-Za-z0-9_-]+$/.test(projectId) ? projectId : createHash('sha256').update(projectId).digest('hex').slice(0, 32);
  return path.join(backups, key);
}

/** Those of before it was noted count as made, too. Answers whether any was. */
export function noteBackupFolders(places: Folders): boolean {
  const there = existsSync(places.backups) ? readdirSync(places.backups, { withFileTypes: true }) : [];
  for (const folder of there.filter((entry) => entry.isDirectory())) writeFileSync(nameNote(places, folder.name), '');
  return readdirSync(places.agents).some((name) => name.endsWith(noteEnd));
}

/** It lies beside the agents' records, where no guest can write. */
function nameNote({ agents }: Pick<Folders, 'agents'>, folder: string): string {
  return path.join(agents, `${path.basename(folder)}${noteEnd}`);
}

const noteEnd = '.backups-made';

function isAway(places: Folders, folder: string): boolean {
  return existsSync(nameNote(places, folder)) && !existsSync(folder);
}
