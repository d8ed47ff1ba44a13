import type { FileHandle } from 'node:fs/promises';
import { GuestboardError } from '#contract/errors.ts';

/** One entry of an append-only file: a command by its first word, or the second from which on what follows was done. */
export type Entry = { offset: number; end: number; word: string; database: number | null; second: number | null };

const blockBytes = 1024 * 1024;
const mostLineBytes = 64;

/** The whole entries of a file; ends before one that was not written whole. */
export async function* readCommands(handle: FileHandle, size: number): AsyncGenerator<Entry> {
  let held = { from: 0, bytes: Buffer.alloc(0) };
  const fill = async (from: number) => {
    const bytes = Buffer.alloc(Math.min(blockBytes, size - from));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
    held = { from, bytes: bytes.subarray(0, bytesRead) };
  };
  /** Null at the end of the file. */
  const readLine = async (at: number): Promise<{ text: string; next: number } | null> => {
    if (at >= size) return null;
    for (let tries = 0; tries < 2; tries += 1) {
      const start = at - held.from;
      const end = start >= 0 ? held.bytes.subarray(start, start + mostLineBytes).indexOf('\r\n') : -1;
      if (start >= 0 && end !== -1) return { text: held.bytes.toString('latin1', start, start + end), next: at + end + 2 };
      await fill(at);
    }
    if (size - at <= mostLineBytes) return null;
    throw new GuestboardError('backup-damaged', 'The archived append-only file cannot be read.', { detail: `At ${at}.` });
  };
  const readWords = async (at: number, count: number): Promise<{ words: string[]; next: number } | null> => {
    const words: string[] = [];
    let next = at;
    for (let index = 0; index < count; index += 1) {
      const head = await readLine(next);
      if (head === null) return null;
      const length = Number(head.text.slice(1));
      const after = head.next + length + 2;
      if (after > size) return null;
      // Of a long command no more than the first words are read.
      if (index < 2 && length <= mostLineBytes - 2) {
        const word = await readLine(head.next);
        words.push(word?.text ?? '');
      }
      next = after;
    }
    return { words, next };
  };
  for (let offset = 0; ; ) {
    const head = await readLine(offset);
    if (head === null) return;
    if (head.text.startsWith('#')) {
      const second = Number(/^#TS:(\d+)$/.exec(head.text)?.[1] ?? Number.NaN);
      yield { offset, end: head.next, word: '#', database: null, second: Number.isNaN(second) ? null : second };
      offset = head.next;
      continue;
    }
    const count = Number(/^\*(\d+)$/.exec(head.text)?.[1] ?? Number.NaN);
    if (Number.isNaN(count))
      throw new GuestboardError('backup-damaged', 'The archived append-only file cannot be read.', { detail: `At ${offset}.` });
    const read = await readWords(head.next, count);
    if (read === null) return;
    const word = (read.words[0] ?? '').toUpperCase();
    yield { offset, end: read.next, word, database: word === 'SELECT' ? Number(read.words[1]) : null, second: null };
    offset = read.next;
  }
}
