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
let streams = 0;
let streamedBytes = 0;

/**
 * The same bytes of something large. Their buffers lie outside the heap and count as if they were in it: left alone, Node begins to mark all
 * of a small heap every 30 ms, beside the stream, which costs twice what summing and sealing do. Among what is young these buffers are found
 * for a tenth of that, and what is missed goes at the end.
 */
export async function* streamed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  setFlagsFromString('--no-incremental-marking');
  streams += 1;
  try {
    for await (const chunk of source) {
      streamedBytes += chunk.length;
      if (streamedBytes > youngBytes) {
        streamedBytes = 0;
        collect({ type: 'minor' });
      }
      yield chunk;
    }
  } finally {
    streams -= 1;
    if (streams === 0) {
      setFlagsFromString('--incremental-marking');
      collect();
    }
  }
}
