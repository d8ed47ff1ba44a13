import type { Log } from './log.ts';

/** At the first SIGTERM or SIGINT runs the steps in order, each for at most three seconds, then ends the process. A second one ends it at once. */
export function stopOnSignal(log: Log, steps: readonly (() => unknown)[]): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'Stopping; guests run on.');
    for (const step of steps) {
      const tooLong = new Promise((resolve) => setTimeout(resolve, 3000).unref());
      await Promise.race([Promise.resolve().then(step), tooLong]).catch((error: unknown) =>
        log.warn({ err: error }, 'A part did not stop well.'),
      );
    }
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
}
