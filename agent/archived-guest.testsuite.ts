import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { openArchiveFile } from './archive/archive-file.ts';
import { type Archiver, startArchiver } from './archive/archiver.ts';
import { key } from './engine-backup.testsuite.ts';
import { context, type TestGuest, until } from './guest.testsuite.ts';

const storage = { kind: 'local-directory' as const };
export const wanted = { storage, storageTargetId: null, key, abandonedSpanId: null };

export const newest = (by: Archiver) => by.summarise()?.spans.at(-1);

/** An archive of a guest, once it has begun. */
export async function beginArchive(of: TestGuest): Promise<Archiver> {
  const source = of.engine.archiveSource;
  if (source === undefined) throw new Error('The engine claims an archive and has no source.');
  const folder = path.join(of.identity.folder, 'journal');
  await mkdir(folder, { recursive: true });
  const started = startArchiver({
    source,
    identity: of.identity,
    file: openArchiveFile(folder),
    now: Date.now,
    event: (event) => of.events.push(event),
    changed: () => {},
    log: (sentence) => of.log.push(sentence),
    mostPauseMs: 500,
    askEveryMs: 300,
  });
  await started.answers.configure({ archive: wanted }, context());
  await until(
    () => newest(started)?.endedAtMs,
    (endedAtMs) => endedAtMs === null,
  );
  return started;
}

export function archived(by: Archiver, atMs: number) {
  return until(
    () => newest(by)?.toMs ?? 0,
    (toMs) => toMs >= atMs,
    20_000,
  );
}

/** What an instance is made of that is restored to a moment. */
export function toPoint({ identity }: TestGuest, by: Archiver, backupId: string, atMs: number) {
  const { id: spanId = '', storedTo = null, storedBytes = 0 } = newest(by) ?? {};
  const known = storedTo === null ? null : { position: storedTo, bytes: storedBytes };
  const archive = { instanceId: identity.instanceId, spanId, storage, keys: [key], known };
  return { kind: 'point-in-time' as const, backupId, storage, keys: [key], unsigned: [], archive, atMs };
}

/** Nothing is there any more, and nobody may make it anew. */
export async function takeAway({ identity }: TestGuest): Promise<{ giveBack(): Promise<void> }> {
  const { backupFolder } = identity;
  await rename(backupFolder, `${backupFolder}-away`);
  return {
    giveBack: async () => {
      expect(existsSync(backupFolder)).toBe(false);
      await rename(`${backupFolder}-away`, backupFolder);
    },
  };
}
