import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run } from '#drivers/process/run.ts';

const folder = '/dev/shm';
const segments = '/proc/sysvipc/shm';

/**
 * Frees what killed processes of an account left in the host's shared memory: it outlives them, takes memory of the host, and would be open to
 * whoever is given the account's number next. Only once nothing runs under it any more.
 */
export async function freeSharedMemory(uid: number): Promise<void> {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const file = path.join(folder, name);
    if (lstatSync(file, { throwIfNoEntry: false })?.uid === uid) rmSync(file, { recursive: true, force: true });
  }
  const ids = listSegments(uid);
  if (ids.length === 0) return;
  await run(
    '/usr/bin/ipcrm',
    ids.flatMap((id) => ['-m', id]),
    { deadlineMs: 20_000 },
  );
}

function listSegments(uid: number): string[] {
  if (!existsSync(segments)) return [];
  const [head = '', ...lines] = readFileSync(segments, 'utf8').trimEnd().split('\n');
  const names = head.trim().split(/\s+/);
  const [id, owner] = [names.indexOf('shmid'), names.indexOf('uid')];
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[owner] === String(uid))
    .map((fields) => fields[id] ?? '');
}
