import type { Readable } from 'node:stream';

const mebibyte = 1024 * 1024;

/** The bytes are the reader's own. `overlaps`: they hold while the next part is read; otherwise this one must have been stored before. */
export type Part = { number: number; bytes: Buffer; last: boolean; overlaps: boolean };

/** Small at first, since most backups are; at S3's 10,000 parts an object of 350 GiB fits. Beyond 230 GiB 64 MiB are in memory, before that 32. */
export function toPartSize(number: number): number {
  if (number <= 1000) return 16 * mebibyte;
  return number <= 8000 ? 32 * mebibyte : 64 * mebibyte;
}

/** Two parts of this size may be in memory, one on its way while the next is filled; of a larger one, only one. */
const largestOverlapped = 16 * mebibyte;

/**
 * Cuts a stream of unknown length into parts that can be sent twice. Two buffers are filled in turn: slices of the stream's own chunks
 * would wait for the garbage collector, and memory would follow its mood.
 */
export function readParts(content: Readable, sizeOf = toPartSize): () => Promise<Part> {
  const chunks = content[Symbol.asyncIterator]() as AsyncIterator<Buffer | string>;
  const buffers: Buffer[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let ended = false;
  let number = 0;

  const allot = (size: number) => {
    const turn = size > largestOverlapped ? 0 : number % 2;
    if (size > largestOverlapped) buffers.length = Math.min(buffers.length, 1);
    const kept = buffers[turn];
    if (kept?.length === size) return kept;
    // Pages that nothing is written into take no memory, so a small object costs what it is.
    const fresh = Buffer.allocUnsafeSlow(size);
    buffers[turn] = fresh;
    return fresh;
  };

  return async () => {
    number += 1;
    const buffer = allot(sizeOf(number));
    let filled = 0;
    // One chunk is read ahead, so that the last part is known as such.
    for (;;) {
      const copied = rest.copy(buffer, filled);
      filled += copied;
      rest = rest.subarray(copied);
      if (rest.length > 0 || ended) break;
      const next = await chunks.next();
      if (next.done) ended = true;
      else rest = Buffer.isBuffer(next.value) ? next.value : Buffer.from(next.value);
    }
    return {
      number,
      bytes: buffer.subarray(0, filled),
      last: ended && rest.length === 0,
      overlaps: sizeOf(number + 1) <= largestOverlapped,
    };
  };
}

/**
 * Stores the first part and all that follow, each while the next is read. When it fails nothing is on its way any more:
 * what is taken back afterwards stays so.
 */
export async function storeParts(
  content: Readable,
  { first, next, store, signal }: { first: Part; next: () => Promise<Part>; store: StorePart; signal?: AbortSignal | undefined },
): Promise<void> {
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  let inFlight = Promise.resolve();
  try {
    for (let part = first; ; part = await next()) {
      await inFlight;
      inFlight = store(part, stop);
      // The stream may be silent for long: a part that failed must not wait for it.
      inFlight.catch((error: unknown) => content.destroy(error instanceof Error ? error : new Error(String(error))));
      if (part.last) return await inFlight;
      if (!part.overlaps) await inFlight;
    }
  } catch (error) {
    failed.abort();
    await inFlight.catch(() => {});
    throw error;
  }
}

type StorePart = (part: Part, signal: AbortSignal) => Promise<void>;
