import { GuestboardError } from '#contract/errors.ts';
import type { Answer } from '../http/client.ts';
import type { StoredObject } from '../storage.ts';
import { readJson, toSwiftFailure } from './failures.ts';
import type { SwiftCall, SwiftSession } from './session.ts';

const deletedAtOnce = 8;
/** Sorts behind every letter a key may have. */
const behindAll = '~';

type NamedCall = Omit<SwiftCall, 'path'> & { name: string; query?: string };

/** One container by the names of its objects, listed in pages as large as the server gives unless told. Every refusal is a sentence; of an object that is not there `not-found`. */
export function createContainer(session: SwiftSession, container: string, pageSize?: number) {
  const containerPath = `/${encodeURIComponent(container)}`;

  const send = async ({ name, query = '', ...call }: NamedCall): Promise<Answer> => {
    const answer = await session({ ...call, path: `${containerPath}/${name}${query}` });
    if (answer.status < 300) return answer;
    if (answer.status === 404 && (await containerExists()))
      throw new GuestboardError('not-found', 'The stored object does not exist.', { detail: name });
    throw toSwiftFailure(answer, container);
  };

  const containerExists = async () => {
    const answer = await session({ method: 'HEAD', path: containerPath });
    if (answer.status !== 404 && answer.status >= 300) throw toSwiftFailure(answer, container);
    return answer.status !== 404;
  };

  const readPage = async <E>(prefix: string, marker: string, more = ''): Promise<E[]> => {
    const limit = pageSize === undefined ? '' : `&limit=${pageSize}`;
    const query = `?format=json${limit}${more}&prefix=${encodeURIComponent(prefix)}&marker=${encodeURIComponent(marker)}`;
    const answer = await session({ method: 'GET', path: `${containerPath}${query}` });
    if (answer.status >= 300) throw toSwiftFailure(answer, container);
    return answer.text === '' ? [] : (readJson(answer.text) as E[]);
  };

  /** Folders directly below the prefix, with their slash at the end. */
  const listFolders = async (prefix: string): Promise<string[]> => {
    const folders: string[] = [];
    for (let marker: string | null = ''; marker !== null; ) {
      const page: Named[] = await readPage(prefix, marker, '&delimiter=/');
      folders.push(...page.flatMap(({ subdir }) => subdir ?? []));
      const last: Named | undefined = page.at(-1);
      marker = last?.subdir ?? last?.name ?? null;
    }
    return folders;
  };

  /** Names with the prefix, page after page; `skipped` names folders whose objects are not wanted. */
  const list = async (prefix: string, skipped = ''): Promise<StoredObject[]> => {
    const objects: StoredObject[] = [];
    for (let marker: string | null = ''; marker !== null; ) {
      const page: Entry[] = await readPage(prefix, marker);
      for (const { name, bytes, last_modified } of page) {
        if (skipped !== '' && name.startsWith(skipped)) continue;
        objects.push({ key: name, sizeBytes: bytes, modifiedAtMs: Date.parse(`${last_modified}Z`) });
      }
      marker = page.at(-1)?.name ?? null;
      if (skipped !== '' && marker?.startsWith(skipped)) marker = `${skipped}${behindAll}`;
    }
    return objects;
  };

  /** Deletes by name; what is gone already is fine. */
  const remove = async (names: readonly string[]): Promise<void> => {
    const waiting = [...names];
    const work = async () => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        await send({ method: 'DELETE', name }).catch((error: unknown) => {
          if (!(error instanceof GuestboardError && error.code === 'not-found')) throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: Math.min(deletedAtOnce, names.length) }, work));
  };

  return { send, list, listFolders, remove, path: containerPath };
}

export type Container = ReturnType<typeof createContainer>;

type Entry = { name: string; bytes: number; last_modified: string };
type Named = { name?: string; subdir?: string };
