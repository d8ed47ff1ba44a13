import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readParts, storeParts, toPartSize } from './read-parts.ts';

const cut = async (chunks: readonly string[], sizeOf: (number: number) => number) => {
  const next = readParts(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), sizeOf);
  const parts: string[] = [];
  for (;;) {
    const { bytes, last } = await next();
    parts.push(bytes.toString());
    if (last) return parts;
  }
};

test('cuts a stream into parts of the asked sizes, the last one known as such', async () => {
  expect(await cut(['abc', 'defgh', 'i'], () => 4)).toEqual(['abcd', 'efgh', 'i']);
  expect(await cut(['abcd', 'efgh'], () => 4)).toEqual(['abcd', 'efgh']);
  expect(await cut(['abcdefgh'], (number) => number)).toEqual(['a', 'bc', 'def', 'gh']);
  expect(await cut([], () => 4)).toEqual(['']);
});

test('10,000 parts hold 350 GiB, and no more than 64 MiB are in memory at once', () => {
  const sizes = Array.from({ length: 10_000 }, (_, index) => toPartSize(index + 1));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(350 * 1024 ** 3);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024 ** 2);
});

test('a part that is on its way is not overwritten by the next ones', async () => {
  const content = Readable.from(['aa', 'bb', 'cc', 'dd', 'ee'].map((chunk) => Buffer.from(chunk)));
  const next = readParts(content, () => 2);
  const stored: string[] = [];
  const store = async ({ bytes }: { bytes: Buffer }) => {
    await sleep(5);
    stored.push(bytes.toString());
  };
  await storeParts(content, { first: await next(), next, store });
  expect(stored).toEqual(['aa', 'bb', 'cc', 'dd', 'ee']);
});

test('a part that fails ends a stream that says nothing more', async () => {
  const content = new Readable({ read() {} });
  content.push(Buffer.from('aabb'));
  const next = readParts(content, () => 2);
  const store = () => Promise.reject(new Error('no room'));
  await expect(storeParts(content, { first: await next(), next, store })).rejects.toThrow('no room');
  expect(content.destroyed).toBe(true);
});
