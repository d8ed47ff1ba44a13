import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const checkEveryMs = 30_000;
const garbageBytes = 2 * 1024 ** 2;

/**
 * Collects once two megabytes have been added to the heap. Left alone, Node lets eight megabytes of old garbage gather first,
 * and an agent beside every database is many small processes. A collection of so small a heap takes some 20 ms every few minutes.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let leftBytes = 0;
  const timer = setInterval(() => {
    if (process.memoryUsage().heapUsed - leftBytes < garbageBytes) return;
    collect();
    leftBytes = process.memoryUsage().heapUsed;
  }, checkEveryMs);
  timer.unref();
}
