import { constants, type FileHandle, open } from 'node:fs/promises';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Gives the path of what a key names, by way of folders that are opened one in the other and are no links. Guests write below the root, and
 * the control plane, which may do more than they, reads and deletes there: a link would lead it out, to another project's. Fails with ENOENT
 * or ENOTDIR where a folder is none. The path holds until `work` ends.
 */
export async function insideFolder<T>(root: string, key: string, work: (file: string) => Promise<T>): Promise<T> {
  const parts = key.split('/');
  const name = parts.pop() ?? '';
  let folder = await open(root, O_RDONLY | O_DIRECTORY);
  try {
    for (const part of parts) {
      const below = await open(at(folder, part), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      await folder.close();
      folder = below;
    }
    return await work(at(folder, name));
  } catch (error) {
    // People know the folder by its name, not by our number for it.
    if (error instanceof Error) error.message = error.message.replace(/\/proc\/self\/fd\/\d+\//g, '');
    throw error;
  } finally {
    await folder.close();
  }
}

/** A file and nothing else: a pipe with a file's name would be waited for, for ever. Null where it is something else. */
export async function openFile(file: string): Promise<FileHandle | null> {
  const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return null;
}

function at(folder: FileHandle, name: string): string {
  return `/proc/self/fd/${folder.fd}/${name}`;
}
