import { createHttpClient, type Patience } from '../http/client.ts';
import { checkFolder, checkKey, isKey, toFolderNames } from '../key.ts';
import { readParts, storeParts } from '../read-parts.ts';
import type { Storage, StoredObject } from '../storage.ts';
import { storing, toStorageError } from '../storage-failure.ts';
import { createContainer } from './container.ts';
import { startSegments } from './segments.ts';
import { createSwiftSession, type SwiftAddress } from './session.ts';

type Tuning = { patience?: Patience; sizeOf?: (number: number) => number; manifestSegments?: number; pageSize?: number };

/** Objects in one container. What is larger than one part is a manifest of segments, which lie hidden in the same container. */
export function createSwift(address: SwiftAddress, tuning: Tuning = {}): Storage {
  const session = createSwiftSession(address, createHttpClient({ caPem: address.caPem, patience: tuning.patience }));
  const container = createContainer(session, address.container, tuning.pageSize);
  const base = address.prefix === '' ? '' : `${address.prefix}/`;
  // No key has a part that begins with a dot or ends in `.partial`: neither is an object, and no key's segments lie below another's.
  const hidden = `${base}.segments/`;
  const toName = (key: string) => `${base}${checkKey(key)}`;
  const toSegments = (key: string) => `${hidden}${key}.partial/`;
  const listNames = async (prefix: string) => (await container.list(prefix)).map(({ key }) => key);

  const listObjects = async (prefix: string) => {
    const found = await container.list(`${base}${prefix}`, hidden);
    const objects = found.map((object) => ({ ...object, key: object.key.slice(base.length) })).filter(({ key }) => isKey(key));
    return objects.sort((left, right) => (left.key < right.key ? -1 : 1));
  };

  /** Of objects that never came to be. What an object that is there has too many goes with it, or with its folder. */
  const clearSegments = async (folder: string, beforeMs: number) => {
    const segments = new Map<string, StoredObject[]>();
    for (const segment of await container.list(`${hidden}${folder}`)) {
      const start = segment.key.slice(0, segment.key.lastIndexOf('.partial/'));
      segments.set(start, [...(segments.get(start) ?? []), segment]);
    }
    let cleared = 0;
    for (const [start, left] of segments) {
      const name = `${base}${start.slice(hidden.length)}`;
      if (left.some(({ modifiedAtMs }) => modifiedAtMs >= beforeMs)) continue;
      if ((await container.list(name)).some(({ key }) => key === name)) continue;
      await container.remove(left.map(({ key }) => key));
      cleared += 1;
    }
    return cleared;
  };

  return {
    put: async (key, content, signal) => {
      const name = toName(key);
      const next = readParts(content, tuning.sizeOf);
      let takeBack: () => Promise<unknown> = async () => {};
      return storing(
        content,
        signal,
        async () => {
          const first = await next();
          const replaced = await listNames(toSegments(key));
          let sizeBytes = first.bytes.length;
          if (first.last) {
            takeBack = () => container.remove([name]);
            await container.send({
              method: 'PUT',
              name,
              body: first.bytes,
              headers: { 'Content-Type': 'application/octet-stream' },
              signal,
            });
          } else {
            const segments = startSegments(container, toSegments(key), tuning.manifestSegments);
            takeBack = segments.takeBack;
            await storeParts(content, { first, next, store: segments.store, signal });
            signal?.throwIfAborted();
            takeBack = () => container.remove([name]).then(segments.takeBack);
            sizeBytes = await segments.join(name);
          }
          // The object is whole; what is left of the one before it goes, or goes with the folder.
          await container.remove(replaced).catch(() => {});
          return { sizeBytes };
        },
        () => takeBack(),
      );
    },
    get: async (key) => {
      try {
        const { stream } = await container.send({ method: 'GET', name: toName(key), asStream: true });
        if (stream === null) throw new Error('The answer has no content.');
        return stream;
      } catch (error) {
        throw toStorageError(error, 'could not be read');
      }
    },
    delete: async (key) => {
      try {
        // The object first: one without its segments would look whole.
        await container.remove([toName(key)]);
        await container.remove(await listNames(toSegments(key)));
      } catch (error) {
        throw toStorageError(error, 'could not be deleted');
      }
    },
    deleteFolder: async (name) => {
      const folder = checkFolder(name);
      try {
        await container.remove(await listNames(`${base}${folder}`));
        await container.remove(await listNames(`${hidden}${folder}`));
      } catch (error) {
        throw toStorageError(error, 'could not be deleted');
      }
    },
    list: async (prefix) => {
      try {
        return await listObjects(prefix);
      } catch (error) {
        throw toStorageError(error, 'could not be listed');
      }
    },
    listFolders: async (below) => {
      const folder = below === undefined ? '' : checkFolder(below);
      const list = async (start: string) => (await container.listFolders(start)).map((name) => name.slice(start.length));
      try {
        return toFolderNames([...(await list(`${base}${folder}`)), ...(await list(`${hidden}${folder}`))]);
      } catch (error) {
        throw toStorageError(error, 'could not be listed');
      }
    },
    clearInterrupted: async (folder, beforeMs) => {
      try {
        return await clearSegments(checkFolder(folder), beforeMs);
      } catch (error) {
        throw toStorageError(error, 'could not be deleted');
      }
    },
  };
}
