import { setTimeout as sleep } from 'node:timers/promises';

/** How fast the database may be read for copies, all of them together. */
export type Pace = {
  /** Null is as fast as it goes. Holds for what runs, too, within a tenth of a second. */
  set(bytesPerSecond: number | null): void;
  get(): number | null;
  /** Waits until so many bytes may have been read. Throws what the signal says. */
  take(bytes: number, signal: AbortSignal): Promise<void>;
};

const sliceMs = 100;

/**
 * A bucket that fills with the time and holds a tenth of a second's worth. It may be overdrawn by one chunk, which is paid back before the
 * next: so a chunk may be of any size, and nothing is kept back in memory.
 */
export function createPace(initial: number | null = null, clock: () => number = () => performance.now()): Pace {
  let limit = initial;
  let tokens = 0;
  let filledAtMs = clock();
  const fill = (bytesPerSecond: number) => {
    const nowMs = clock();
    tokens = Math.min(tokens + ((nowMs - filledAtMs) / 1000) * bytesPerSecond, (bytesPerSecond * sliceMs) / 1000);
    filledAtMs = nowMs;
    return tokens;
  };
  return {
    set: (bytesPerSecond) => {
      if (bytesPerSecond === limit) return;
      limit = bytesPerSecond;
      // Nobody pays back at the new pace what was read at the old one.
      tokens = 0;
      filledAtMs = clock();
    },
    get: () => limit,
    take: async (bytes, signal) => {
      while (limit !== null && fill(limit) < 0) {
        await sleep(Math.max(1, Math.min(sliceMs, (-tokens / limit) * 1000)), undefined, { signal }).catch((error: unknown) => {
          throw signal.reason ?? error;
        });
      }
      tokens -= bytes;
    },
  };
}

/** The same bytes, read no faster than that: what is not read yet stays where it is. `toBytes` where a chunk stands for more than itself. */
export async function* paced(
  source: AsyncIterable<Buffer>,
  pace: Pick<Pace, 'take'>,
  signal: AbortSignal,
  toBytes: (chunk: Buffer) => number = (chunk) => chunk.length,
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    await pace.take(toBytes(chunk), signal);
    yield chunk;
  }
}

/**
 * What to charge where a chunk stands for bytes that somebody else has read: what was read since the last one under the limit. What was read
 * before the limit came is nobody's debt.
 */
export function chargeWhileLimited(pace: Pick<Pace, 'get'>, readSoFar: () => number): () => number {
  let charged: number | null = null;
  return () => {
    if (pace.get() === null) {
      charged = null;
      return 0;
    }
    const read = readSoFar();
    const more = charged === null ? 0 : read - charged;
    charged = read;
    return more;
  };
}
