import { expect, test } from 'vitest';
import { createLogBuffer } from './log-buffer.ts';

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
