import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureBackupFolder, makeBackupFolder } from './backup-folders.ts';
import { choosePlaces } from './places.ts';

let base: string;
beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'gb-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

test('a project’s folder is made once: one that is away is made by nobody in its place, and is as it was when it is back', () => {
  const places = choosePlaces(base, false);
  const folder = ensureBackupFolder(places, 'shop');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  mkdirSync(path.join(folder, 'backup'));
  renameSync(folder, `${folder}.away`);
  expect([makeBackupFolder(places, 'shop', undefined), ensureBackupFolder(places, 'shop')]).toEqual([folder, folder]);
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(makeBackupFolder(places, 'other', undefined)), 'another’s never was').toBe(true);
  renameSync(`${folder}.away`, folder);
  expect(existsSync(path.join(ensureBackupFolder(places, 'shop'), 'backup'))).toBe(true);
});

test('nor is the folder of all of them, by a server that starts meanwhile; those of before that was noted count, too', () => {
  const { backups } = choosePlaces(base, false);
  mkdirSync(path.join(backups, 'shop'));
  choosePlaces(base, false);
  renameSync(backups, `${backups}.away`);
  const places = choosePlaces(base, false);
  ensureBackupFolder(places, 'shop');
  expect(existsSync(backups)).toBe(false);
  renameSync(`${backups}.away`, backups);
  expect(existsSync(ensureBackupFolder(choosePlaces(base, false), 'shop'))).toBe(true);
});
