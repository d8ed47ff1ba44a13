import { randomUUID } from 'node:crypto';
import { createWriteStream, type Dirent } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GuestboardError } from '#contract/errors.ts';
import { checkFolder, checkKey } from './key.ts';
import type { Storage, StoredObject } from './storage.ts';
import { toStorageError } from './storage-failure.ts';

/** Objects as files below one folder, which exists or can be made. Half-written ones end in `.partial` and are no objects. */
export function createLocalDirectory(folder: string): Storage {
  const toFile = (key: string) => path.join(folder, checkKey(key));
  return {
    put: async (key, content, signal) => {
      const file = toFile(key);
      const partial = `${file}.${randomUUID()}.partial`;
      try {
        await makeFolders(path.dirname(file), folder);
        await pipeline(content, createWriteStream(partial, { flags: 'wx', mode: 0o640, flush: true }), signal ? { signal } : {});
        const { size } = await stat(partial);
        await rename(partial, file);
        await syncFolder(path.dirname(file));
        return { sizeBytes: size };
      } catch (error) {
        content.destroy();
        await rm(partial, { force: true }).catch(() => {});
        await removeEmptyFolders(path.dirname(file), folder);
        throw toStorageError(error, 'could not be stored', signal);
      }
    },
    get: async (key) => {
      try {
        const handle = await open(toFile(key), 'r');
        return handle.createReadStream({ highWaterMark: 256 * 1024 });
      } catch (error) {
        if (isAbsence(error)) throw new GuestboardError('not-found', 'The stored object does not exist.', { detail: key });
        throw toStorageError(error, 'could not be read');
      }
    },
    delete: async (key) => {
      const file = toFile(key);
      try {
        await rm(file, { force: true });
        await removeEmptyFolders(path.dirname(file), folder);
      } catch (error) {
        throw toStorageError(error, 'could not be deleted');
      }
    },
    deleteFolder: async (name) => {
      const below = path.join(folder, checkFolder(name));
      try {
        await rm(below, { recursive: true, force: true, maxRetries: 3 });
        await removeEmptyFolders(path.dirname(below), folder);
      } catch (error) {
        throw toStorageError(error, 'could not be deleted');
      }
    },
    list: async (prefix) => {
      try {
        const objects = await listFolder(folder, '', prefix);
        return objects.sort((left, right) => (left.key < right.key ? -1 : 1));
      } catch (error) {
        throw toStorageError(error, 'could not be listed');
      }
    },
  };
}

async function listFolder(folder: string, below: string, prefix: string): Promise<StoredObject[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(path.join(folder, below), { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
  const objects: StoredObject[] = [];
  for (const entry of entries) {
    const key = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (prefix.startsWith(`${key}/`) || `${key}/`.startsWith(prefix)) objects.push(...(await listFolder(folder, key, prefix)));
    } else if (entry.isFile() && key.startsWith(prefix) && !key.endsWith('.partial')) {
      const { size, mtimeMs } = await stat(path.join(folder, key));
      objects.push({ key, sizeBytes: size, modifiedAtMs: mtimeMs });
    }
  }
  return objects;
}

/** As open to the group as the place itself: accounts that share it read and delete what another of them stored, whatever the umask. */
async function makeFolders(target: string, root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o750 });
  const shared = ((await stat(root)).mode & 0o2070) === 0o2070;
  let current = root;
  for (const part of path.relative(root, target).split(path.sep).filter(Boolean)) {
    current = path.join(current, part);
    const made = await mkdir(current, { recursive: true, mode: 0o750 });
    if (made !== undefined && shared) await chmod(current, 0o2770);
  }
}

/** An object is stored once its name is, too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeEmptyFolders(from: string, root: string): Promise<void> {
  for (let current = from; current !== root && current.startsWith(`${root}${path.sep}`); current = path.dirname(current)) {
    try {
      await rmdir(current);
    } catch {
      return;
    }
  }
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
