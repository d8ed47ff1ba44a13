import type { Written } from './frames.ts';
import type { LogPosition } from './log-position.ts';

/** How far the log had got at one look. */
type LogMark = Written & { end: LogPosition };

const mostMarks = 1000;

export type EndWatch = ReturnType<typeof watchEnd>;

/**
 * Watches a log grow and remembers when. `findEnd` answers where it ends: everything committed before it is asked lies before that. Marks not
 * taken for long are joined, which widens what they say and makes none of it wrong.
 */
export function watchEnd(findEnd: (known: LogPosition) => Promise<LogPosition>, now: () => number, from: LogPosition) {
  let end = from;
  // When the log was seen to end there; nothing is known of when what lay there before was written.
  let seenMs = 0;
  let marks: LogMark[] = [];
  let turn: Promise<unknown> = Promise.resolve();

  async function look(): Promise<LogPosition> {
    const beganMs = now();
    const found = await findEnd(end);
    if (found.file !== end.file || found.offset !== end.offset) marks.push({ afterMs: seenMs, beforeMs: now(), end: found });
    if (marks.length > mostMarks) marks = joinPairs(marks);
    end = found;
    seenMs = beganMs;
    return found;
  }

  return {
    /** One at a time, each fresh. */
    look: (): Promise<LogPosition> => {
      const mine = turn.then(look);
      turn = mine.catch(() => {});
      return mine;
    },
    first: (): LogMark | undefined => marks[0],
    shift: (): void => void marks.shift(),
  };
}

function joinPairs(marks: readonly LogMark[]): LogMark[] {
  return marks.flatMap((mark, index) => {
    if (index % 2 === 1) return [{ ...mark, afterMs: marks[index - 1]?.afterMs ?? mark.afterMs }];
    return index === marks.length - 1 ? [mark] : [];
  });
}
