import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestboardError } from '#contract/errors.ts';
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
const restoreBy = (script: string, signature?: string) =>
  restoreWith(async (signal) => {
    const program = streamProgram('bash', ['-c', script], { signal });
    program.stdout.resume();
    await program.ended;
  }, signature);

async function restoreWith(unpack: (signal: AbortSignal) => Promise<void>, signature?: string, folder = 'data'): Promise<unknown> {
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
  const copier = { restore: () => unpack(signal) };
  const { backupId } = manifest;
  const signatures = signature === undefined ? {} : { [backupId]: signature };
  const stored = { backupId, storage: { kind: 'local-directory' as const }, keys: [key], unsigned: [], signatures };
  const identity = { ...known, backupFolder };
  return restoreBackup({ identity, copier }, stored, path.join(root, folder), { signal, progress: () => {} }).catch(
    (error: unknown) => error,
  );
}

test('a backup is not called damaged for what befell the host while it was restored', async () => {
  expect(await restoreBy('kill -KILL $$')).toMatchObject({
    code: 'engine-unavailable',
    message: expect.stringMatching(/killed.*not to blame/),
  });
  expect(await restoreBy('echo "write: No space left on device" >&2; exit 1')).toMatchObject({
    code: 'volume-full',
    message: expect.stringMatching(/free room on it/),
  });
  expect(existsSync(path.join(root, 'data'))).toBe(false);
});

test.each([
  ['EIO', 'write', 'engine-unavailable'],
  ['EROFS', 'open', 'engine-unavailable'],
  ['EACCES', 'mkdir', 'engine-unavailable'],
  ['EINVAL', 'write', 'engine-unavailable'],
  // A program that found its input damaged reads no more of it; a part that holds a file twice is not ours.
  ['EPIPE', 'write', 'backup-damaged'],
  ['EEXIST', 'open', 'backup-damaged'],
])('where the disk answers %s to %s, it is %s', async (code, syscall, told) => {
  const failure = Object.assign(new Error(`${code}: as the system says, ${syscall}`), { code, syscall });
  const unpack = async () => Promise.reject(new Error('not unpacked', { cause: failure }));
  expect(await restoreWith(unpack)).toMatchObject({ code: told });
  const away = new GuestboardError('storage-away', 'The folder is away.', { cause: failure });
  expect(await restoreWith(async () => Promise.reject(away))).toBe(away);
});

test.each([
  ['mbstream: Can’t create/write to file ‘./a.ibd’ (Errcode: 30 “Read-only file system”)', 'engine-unavailable'],
  ['mbstream: Error writing file ‘./a.ibd’ (Errcode: 5 “Input/output error”)', 'engine-unavailable'],
  ['[ERROR] InnoDB: The data file ‘./ibdata1’ must be writable', 'engine-unavailable'],
  ['mbstream: Can’t create/write to file ‘./a.ibd’ (Errcode: 17 “File exists”)', 'engine-error'],
  ['mbstream: wrong chunk magic at offset 0x0.', 'engine-error'],
])('where a program says “%s”, it is %s', async (words, told) => {
  expect(await restoreBy(`echo "${words}" >&2; exit 1`)).toMatchObject({ code: told });
  const away = new GuestboardError('storage-error', 'The folder is away.', { detail: words });
  expect(await restoreWith(async () => Promise.reject(away))).toBe(away);
});

test('where what was unpacked cannot be removed either, what befell the restore is told', async () => {
  const disk = path.join(root, 'disk');
  mkdirSync(disk);
  const fail = async () => {
    await rm(disk, { recursive: true });
    await writeFile(disk, 'no folder any more');
    throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO', syscall: 'write' });
  };
  expect(await restoreWith(fail, undefined, 'disk/data')).toMatchObject({ code: 'engine-unavailable' });
});

test('a manifest that was signed before the one that the catalogue knows is not taken for it', async () => {
  expect(await restoreBy('exit 0', 'of a later one')).toMatchObject({
    code: 'backup-damaged',
    message: expect.stringMatching(/an earlier one/),
  });
  expect(await restoreBy('exit 0')).toBeUndefined();
});
