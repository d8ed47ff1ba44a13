import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';
import { createLocalDirectory } from './local-directory.ts';
import { testStorage } from './storage.testsuite.ts';

describe('local directory', () => {
  testStorage(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-storage-'));
    return {
      storage: createLocalDirectory(folder),
      listLeftovers: async () =>
        (await readdir(folder, { recursive: true })).filter((name) => name.includes('.partial') || /^(broken|cancelled)/.test(name)),
      close: () => rm(folder, { recursive: true, force: true }),
    };
  });
});
