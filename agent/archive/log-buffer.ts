import type { LogChunk, LogSink } from './source.ts';

/** `bytes` as they came: putting a piece together would hold it twice. */
export type LogPiece = { group: string; from: string; to: string; bytes: readonly Buffer[]; atMs: number };
export type LogBuffer = LogSink & {
  /** The next piece when one is due; what was left before a failure comes first, then it is thrown. */
  take(signal: AbortSignal): Promise<LogPiece>;
};

type Options = { pieceBytes: number; cutAfterMs: number; now(): number; drained(): void };

/** Gathers a log into pieces: of one group, and no older or larger than said. Takes no more than two pieces ahead. */
export function createLogBuffer({ pieceBytes, cutAfterMs, now, drained }: Options): LogBuffer {
  let held: (LogChunk & { atMs: number })[] = [];
  let heldBytes = 0;
  let failure: Error | null = null;
  let isFull = false;
  let wake: () => void = () => {};

  /** Milliseconds until the first piece is due; null when nothing is held. */
  function dueInMs(): number | null {
    const [first] = held;
    if (first === undefined) return null;
    const isWhole = heldBytes >= pieceBytes || held.at(-1)?.group !== first.group || failure !== null;
    return isWhole ? 0 : Math.max(0, first.atMs + cutAfterMs - now());
  }

  function cut(): LogPiece {
    const [first] = held;
    const taken: LogChunk[] = [];
    let bytes = 0;
    for (const chunk of held) {
      if (chunk.group !== first?.group || (bytes > 0 && bytes + chunk.bytes.length > pieceBytes)) break;
      taken.push(chunk);
      bytes += chunk.bytes.length;
    }
    held = held.slice(taken.length);
    heldBytes -= bytes;
    if (isFull && heldBytes < pieceBytes) {
      isFull = false;
      drained();
    }
    const ends = { group: first?.group ?? '', from: first?.from ?? '', to: taken.at(-1)?.to ?? '' };
    return { ...ends, bytes: taken.map((chunk) => chunk.bytes), atMs: now() };
  }

  return {
    push(chunk) {
      const before = held.at(-1);
      held.push({ ...chunk, atMs: now() });
      heldBytes += chunk.bytes.length;
      if (before === undefined || before.group !== chunk.group || heldBytes >= pieceBytes) wake();
      isFull ||= heldBytes >= 2 * pieceBytes;
      return !isFull;
    },
    fail(error) {
      failure ??= error;
      wake();
    },
    async take(signal) {
      for (;;) {
        signal.throwIfAborted();
        const dueMs = dueInMs();
        if (dueMs === 0) return cut();
        if (dueMs === null && failure !== null) throw failure;
        await new Promise<void>((resolve) => {
          const timer = dueMs === null ? undefined : setTimeout(done, dueMs);
          function done() {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            resolve();
          }
          wake = done;
          signal.addEventListener('abort', done, { once: true });
        });
      }
    },
  };
}
