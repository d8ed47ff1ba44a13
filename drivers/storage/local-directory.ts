import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import { writeFile } from '#drivers/disk/write-file.ts';
import { explainFolder } from './folder-trouble.ts';
import { insideFolder, openFile } from './inside-folder.ts';
import { checkFolder, checkKey, isKey } from './key.ts';
import type { Storage, StoredObject } from './storage.ts';
import { storing, toStorageError } from './storage-failure.ts';

/**
 * Objects as files below one folder, which is there: one that is not is away, and a new one in its place would hide what it holds when it comes
 * back. Half-written ones end in `.partial` and are no objects.
 */
export function createLocalDirectory(folder: string): Storage {
  const toFile = (key: string) => path.join(folder, checkKey(key));
  const toFailure = async (error: unknown, what: string) => toStorageError(await explainFolder(error, folder), what);
  return {
    put: async (key, content, signal) => {
      const file = toFile(key);
      const partial = `${file}.${randomUUID()}.partial`;
      const store = async () => {
        const sizeBytes = await writeFile((flags) => create(partial, folder, flags), toBuffers(content), { isSynced: true });
        await rename(partial, file);
        await syncFolder(path.dirname(file));
        return { sizeBytes };
      };
      const explained = () => store().catch(async (error: unknown) => Promise.reject(await explainFolder(error, folder)));
      return storing(content, signal, explained, async () => {
        await rm(partial, { force: true });
        await removeEmptyFolders(path.dirname(file), folder);
      });
    },
    get: async (key) => {
      try {
        const handle = await insideFolder(folder, checkKey(key), openFile);
        if (handle === null) throw new Error('it is no file');
        return handle.createReadStream({ highWaterMark: 256 * 1024 });
      } catch (error) {
        const isAbsent = isAbsence(error) && (await isThere(folder));
        if (isAbsent) throw new GuestboardError('not-found', 'The stored object does not exist.', { detail: key });
        throw await toFailure(error, 'could not be read');
      }
    },
    delete: async (key) => {
      try {
        await remove(folder, checkKey(key));
      } catch (error) {
        throw await toFailure(error, 'could not be deleted');
      }
    },
    deleteFolder: async (name) => {
      try {
        await remove(folder, checkFolder(name).slice(0, -1));
      } catch (error) {
        throw await toFailure(error, 'could not be deleted');
      }
    },
    list: async (prefix) => {
      try {
        const objects = await listFolder(folder, '', prefix);
        return objects.sort((left, right) => (left.key < right.key ? -1 : 1));
      } catch (error) {
        throw await toFailure(error, 'could not be listed');
      }
    },
    listFolders: async (below) => {
      try {
        const entries = below === undefined ? await readFolder(folder) : await insideFolder(folder, `${checkFolder(below)}.`, readFolder);
        return entries
          .filter((entry) => entry.isDirectory() && isKey(entry.name))
          .map(({ name }) => name)
          .sort();
      } catch (error) {
        if (isAbsence(error)) return [];
        throw await toFailure(error, 'could not be listed');
      }
    },
    clearInterrupted: async (name, beforeMs) => {
      try {
        const cleared = await insideFolder(folder, `${checkFolder(name)}.`, (below) => clearPartial(below, beforeMs));
        if (cleared > 0) await removeEmptyFolders(path.join(folder, name), folder);
        return cleared;
      } catch (error) {
        if (isAbsence(error)) return 0;
        throw await toFailure(error, 'could not be deleted');
      }
    },
  };
}

/** A file, or a folder with all below it; what is not there is gone already, unless all is away. Of a link the link. */
async function remove(root: string, key: string): Promise<void> {
  try {
    await insideFolder(root, key, removeAll);
  } catch (error) {
    if (!isAbsence(error) || !(await isThere(root))) throw error;
  }
  await removeEmptyFolders(path.dirname(path.join(root, key)), root);
}

/** Where a file may not be deleted Node tries it as a folder, and says in the end that it is none: that is not absence. */
async function removeAll(file: string): Promise<void> {
  try {
    await rm(file, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    throw isAbsence(error)
      ? Object.assign(new Error(`EPERM: operation not permitted, unlink '${file}'`), { code: 'EPERM', path: file })
      : error;
  }
}

/** A put beside it that failed may take the empty folder away in between. */
async function create(file: string, root: string, flags: number): Promise<FileHandle> {
  for (let tries = 1; ; tries += 1) {
    try {
      await makeFolders(path.dirname(file), root);
      return await open(file, flags, 0o640);
    } catch (error) {
      if (tries === 5 || !isAbsence(error)) throw error;
    }
  }
}

async function* toBuffers(content: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  for await (const chunk of content) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function readFolder(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

/** A put that goes on writes to its file; one that nobody wrote to for so long has no writer any more. */
async function clearPartial(folder: string, beforeMs: number): Promise<number> {
  let cleared = 0;
  for (const entry of await readFolder(folder)) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) cleared += await clearPartial(file, beforeMs);
    else if (entry.name.endsWith('.partial') && (await stat(file)).mtimeMs < beforeMs) {
      await removeAll(file);
      cleared += 1;
    }
  }
  // Of what never had anything whole no folder stays either; one that is not empty, does.
  if (cleared > 0) await rmdir(folder).catch(() => {});
  return cleared;
}

async function listFolder(folder: string, below: string, prefix: string): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for (const entry of await readFolder(path.join(folder, below))) {
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
  const shared = ((await stat(root)).mode & 0o2070) === 0o2070;
  let current = root;
  for (const part of path.relative(root, target).split(path.sep).filter(Boolean)) {
    current = path.join(current, part);
    if (!(await makeFolder(current))) continue;
    if (shared) await chmod(current, 0o2770);
    await syncFolder(path.dirname(current));
  }
}

/** False where it is there already. Not with `recursive`, by which Node says ENOENT where the disk has no inode left. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o750 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** An object is stored once its name is, too, and that of every folder above it that was made for it. */
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

/** Of what is not below a folder that is away nothing is known. */
async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}

function isAbsence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
