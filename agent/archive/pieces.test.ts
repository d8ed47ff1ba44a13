import { expect, test } from 'vitest';
import { createLogBuffer } from './log-buffer.ts';
import { choosePieces, type StoredPiece, toPieceKey } from './pieces.ts';

const piece = (from: string, to: string, atMs: number): StoredPiece => ({
  key: toPieceKey('archive/i/s', { group: 'g', from, to, bytes: Buffer.alloc(0), atMs }),
  group: 'g',
  from,
  to,
  atMs,
  sizeBytes: 1,
});
const chosen = (pieces: StoredPiece[], from: string) => choosePieces(pieces, from).map(({ to }) => to);

test('all pieces are taken from the base on: after an outage the old and the new are cut at the same time', () => {
  const pieces = [piece('0', '1', 1000), piece('1', '2', 2000), piece('2', '3', 600_000), piece('3', '4', 600_100)];
  expect(chosen(pieces, '1')).toEqual(['2', '3', '4']);
  expect(chosen(pieces, '0')).toEqual(['1', '2', '3', '4']);
});

test('a piece stored twice does no harm, one that is missing does', () => {
  expect(chosen([piece('0', '2', 1000), piece('0', '1', 900), piece('2', '3', 2000)], '0')).toEqual(['2', '3']);
  expect(() => choosePieces([piece('0', '1', 1000), piece('2', '3', 2000)], '0')).toThrow(/missing/);
  expect(() => choosePieces([piece('2', '3', 2000)], '1')).toThrow(/missing/);
});

test('a piece is cut by size, by age and where a file of the log ends; nothing is lost at the end', async () => {
  const { signal } = new AbortController();
  let nowMs = 0;
  let drained = 0;
  const buffer = createLogBuffer({ pieceBytes: 4, cutAfterMs: 20, now: () => nowMs, drained: () => (drained += 1) });
  const push = (group: string, from: number, bytes: number) =>
    buffer.push({ group, from: String(from), to: String(from + bytes), bytes: Buffer.alloc(bytes) });
  expect(push('a', 0, 3)).toBe(true);
  expect(push('a', 3, 1)).toBe(true);
  expect(await buffer.take(signal)).toMatchObject({ group: 'a', from: '0', to: '4' });
  push('a', 4, 1);
  push('b', 5, 2);
  expect(await buffer.take(signal)).toMatchObject({ group: 'a', from: '4', to: '5' });
  nowMs = 20;
  expect(await buffer.take(signal)).toMatchObject({ group: 'b', from: '5', to: '7' });
  expect(push('b', 7, 8)).toBe(false);
  expect(await buffer.take(signal)).toMatchObject({ to: '15' });
  expect(drained).toBe(1);
  push('b', 15, 1);
  buffer.fail(new Error('ended'));
  expect(await buffer.take(signal)).toMatchObject({ to: '16' });
  await expect(buffer.take(signal)).rejects.toThrow('ended');
});
