import { existsSync, statSync } from 'node:fs';
import { GuestboardError } from '#contract/errors.ts';
import type { Client } from './connections.ts';
import type { Written } from './log-frames.ts';
import { type LogPosition, readFileNumber, toLogFile } from './log-position.ts';

/** How far the log had got at one look: everything committed before `seenMs` lies before it. */
export type LogMark = Written & { end: LogPosition };

const askAgainMs = 30_000;
const mostMarks = 1000;

/** Where the server's log ends, which is on the disk up to there. */
export async function askLogEnd(client: Client): Promise<LogPosition> {
  const [row] = await client.query<{ File: string; Position: number | string }>('SHOW MASTER STATUS');
  if (row === undefined)
    throw new GuestboardError('refused', 'This instance was last started without a binary log. Restart it once, then it is archived.');
  return { file: readFileNumber(row.File), offset: Number(row.Position) };
}

/**
 * Watches the log grow and remembers when: the server is asked only where its file has changed. Marks not taken for long are joined,
 * which widens what they say and makes none of it wrong.
 */
export function watchLogEnd(folder: string, client: Client, now: () => number, from: LogPosition) {
  let end = from;
  // When the log was seen to end there; nothing is known of what lay there before.
  let seenMs = 0;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let marks: LogMark[] = [];
  let turn: Promise<unknown> = Promise.resolve();

  function isUnchanged(): boolean {
    const size = statSync(toLogFile(folder, end.file), { throwIfNoEntry: false })?.size;
    return size === end.offset && !existsSync(toLogFile(folder, end.file + 1));
  }

  async function look(): Promise<LogPosition> {
    const beganMs = now();
    if (beganMs - askedAtMs < askAgainMs && isUnchanged()) {
      seenMs = beganMs;
      return end;
    }
    const found = await askLogEnd(client);
    askedAtMs = beganMs;
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
