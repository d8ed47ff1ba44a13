import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BackupManifest } from '#contract/guest/backup-manifest.ts';
import { streamProgram } from '#drivers/process/stream-program.ts';
import { createLocalDirectory } from '#drivers/storage/local-directory.ts';
import { writeManifest } from './manifest.ts';
import { restoreBackup } from './restore.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'restore-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const key = { id: randomUUID(), password: randomBytes(32).toString('base64') };

/** A restore by a program that ends so. */
async function restoreBy(script: string, signature?: string): Promise<unknown> {
  const { signal } = new AbortController();
  const backupFolder = path.join(root, 'backups');
  const known = { instanceId: randomUUID(), projectId: 'p', datastore: 'mariadb' as const, version: '11.8' };
  const manifest: Omit<BackupManifest, 'signature'> = {
    ...{ format: 'guestboard-backup-1', backupId: randomUUID(), kind: 'full', parentId: null, startedAtMs: 1, endedAtMs: 2, codec: 'none' },
    ...{
      seal: { cipher: 'aes-256-gcm', keyId: key.id },
      startPosition: '1',
      endPosition: '2',
      timeline: null,
      coordinates: {},
      sourceBytes: 1,
      counts: null,
      parts: [],
      ...known,
    },
  };
  mkdirSync(backupFolder, { recursive: true });
  await writeManifest(createLocalDirectory(backupFolder), manifest, key, signal);
  const copier = {
    restore: async () => {
      const program = streamProgram('bash', ['-c', script], { signal });
      program.stdout.resume();
      await program.ended;
    },
  };
  const { backupId } = manifest;
  const signatures = signature === undefined ? {} : { [backupId]: signature };
  const stored = { backupId, storage: { kind: 'local-directory' as const }, keys: [key], unsigned: [], signatures };
  const identity = { ...known, backupFolder };
  return restoreBackup({ identity, copier }, stored, path.join(root, 'data'), { signal, progress: () => {} }).catch(
    (error: unknown) => error,
  );
}

test('a backup is not called damaged for what befell the host while it was restored', async () => {
  expect(await restoreBy('kill -KILL $$')).toMatchObject({
    code: 'engine-unavailable',
    message: expect.stringMatching(/killed.*not to blame/),
  });
  expect(await restoreBy('echo "write: No space left on device" >&2; exit 1')).toMatchObject({ code: 'volume-full' });
  expect(existsSync(path.join(root, 'data'))).toBe(false);
});

test('a manifest that was signed before the one that the catalogue knows is not taken for it', async () => {
  expect(await restoreBy('exit 0', 'of a later one')).toMatchObject({
    code: 'backup-damaged',
    message: expect.stringMatching(/an earlier one/),
  });
  expect(await restoreBy('exit 0')).toBeUndefined();
});
