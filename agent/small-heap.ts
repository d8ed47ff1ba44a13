import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

const checkEveryMs = 30_000;
const garbageBytes = 1024 ** 2;

/**
 * Collects once a megabyte has been added to the heap. Left alone, Node lets eight megabytes of old garbage gather first,
 * and an agent beside every database is many small processes. A collection of so small a heap takes some 20 ms every few minutes.
 */
export function keepHeapSmall(): void {
  let leftBytes = 0;
  const timer = setInterval(() => {
    if (process.memoryUsage().heapUsed - leftBytes < garbageBytes) return;
    collect();
    leftBytes = process.memoryUsage().heapUsed;
  }, checkEveryMs);
  timer.unref();
}

const youngBytes = 4 * 1024 ** 2;
/** More than all streams hold at a time. */
const heldBytes = 28 * 1024 ** 2;

/**
 * Told of the bytes that go through. Buffers of a stream lie outside the heap and count as if they were in it: left alone, Node collects all
 * of a small heap again and again beside a large one. Among what is young these buffers are found for a tenth of that; where a slow disk lets
 * them grow old, the whole is collected once they are many. A small stream, as a piece of an archive is every second, costs nothing.
 */
export function createStreamMeter(): (passedBytes: number) => void {
  let bytes = 0;
  return (passedBytes) => {
    bytes += passedBytes;
    if (bytes <= youngBytes) return;
    bytes = 0;
    if (process.memoryUsage().arrayBuffers > heldBytes) collect();
    else collect({ type: 'minor' });
  };
}

/** The same bytes, metered. */
export async function* streamed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const pass = createStreamMeter();
  for await (const chunk of source) {
    pass(chunk.length);
    yield chunk;
  }
}
