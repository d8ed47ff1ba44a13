import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

const checkEveryMs = 30_000;
const garbageBytes = 2 * 1024 ** 2;

/**
 * Collects once two megabytes have been added to the heap. Left alone, Node lets eight megabytes of old garbage gather first,
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
let largeStreams = 0;

/**
 * The same bytes. Buffers of a large stream lie outside the heap and count as if they were in it: left alone, Node begins to mark all of a
 * small heap every 30 ms, beside the stream, which costs twice what summing and sealing do. Among what is young these buffers are found for
 * a tenth of that, and what is missed goes at the end. A small stream, as a piece of an archive is every second, is left alone.
 */
export async function* streamed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  let isLarge = false;
  try {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > youngBytes) {
        bytes = 0;
        if (!isLarge) {
          isLarge = true;
          largeStreams += 1;
          setFlagsFromString('--no-incremental-marking');
        }
        collect({ type: 'minor' });
      }
      yield chunk;
    }
  } finally {
    if (isLarge) {
      largeStreams -= 1;
      if (largeStreams === 0) {
        setFlagsFromString('--incremental-marking');
        collect();
      }
    }
  }
}
