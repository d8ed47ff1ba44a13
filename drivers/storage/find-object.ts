import type { Readable } from 'node:stream';
import { GuestboardError } from '#contract/errors.ts';
import type { Storage } from './storage.ts';

/** Asked of the object itself: a listing may lag behind. Null where there is none. */
export async function findObject(storage: Storage, key: string): Promise<Readable | null> {
  try {
    return await storage.get(key);
  } catch (error) {
    if (error instanceof GuestboardError && error.code === 'not-found') return null;
    throw error;
  }
}

export async function hasObject(storage: Storage, key: string): Promise<boolean> {
  const stored = await findObject(storage, key);
  stored?.destroy();
  return stored !== null;
}
