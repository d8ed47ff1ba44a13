import type { Readable } from 'node:stream';
import { GuestboardError } from '#contract/errors.ts';

/** What a person reads of a failed action: our own errors as they are, a cancellation as its reason, all else with the system's words. */
export function toStorageError(error: unknown, what: string, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason ?? error;
  if (error instanceof GuestboardError) return error;
  return new GuestboardError('storage-error', `An object ${what} in the backup storage.`, { detail: toWords(error), cause: error });
}

/** A failure that says nothing but its code is known by that. */
export function toWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error.message === '' ? code || error.name : error.message;
}

/**
 * Carries a put to its end: a signal or a failure destroys the stream and takes back what had been written, so that nothing is left.
 * Taking back does its best; what it cannot reach, deleting the folder clears.
 */
export async function storing<T>(
  content: Readable,
  signal: AbortSignal | undefined,
  store: () => Promise<T>,
  takeBack: () => Promise<unknown>,
): Promise<T> {
  const stop = () => content.destroy(signal?.reason instanceof Error ? signal.reason : undefined);
  // Until somebody reads it, a stream that breaks would have nobody to tell.
  content.on('error', () => {});
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    return await store();
  } catch (error) {
    content.destroy();
    await takeBack().catch(() => {});
    throw toStorageError(error, 'could not be stored', signal);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
