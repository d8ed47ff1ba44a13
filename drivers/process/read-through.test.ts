import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { readThrough, type Take } from './read-through.ts';

const MiB = 1024 ** 2;
const folder = mkdtempSync(path.join(tmpdir(), 'gbt-read-through-'));
const socketFile = path.join(folder, 'unpacking');
const unpack = { command: '/usr/bin/zstd', args: ['-q', '-dc'] };
const plain = randomBytes(20 * MiB + 7);
const packed = execFileSync('zstd', ['-1', '-c'], { input: plain, maxBuffer: 2 ** 28 });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* inChunks(bytes: Buffer, size = 500_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = (source: AsyncIterable<Buffer>, take: Take, signal = new AbortController().signal) =>
  readThrough(unpack, source, take, { signal, socketFile });

test.each([
  ['at once', undefined],
  ['after a while', 1],
])('all that the program makes is taken, %s, in order', async (_, pauseMs) => {
  const digest = createHash('sha256');
  let bytes = 0;
  let isTaking = false;
  await read(inChunks(packed), (chunk) => {
    expect(isTaking).toBe(false);
    digest.update(chunk);
    bytes += chunk.length;
    if (pauseMs === undefined) return undefined;
    isTaking = true;
    const before = createHash('sha256').update(chunk).digest('hex');
    return sleep(pauseMs).then(() => {
      // The buffer is not used again before.
      expect(createHash('sha256').update(chunk).digest('hex')).toBe(before);
      isTaking = false;
    });
  });
  expect(bytes).toBe(plain.length);
  expect(digest.digest('hex')).toBe(createHash('sha256').update(plain).digest('hex'));
  expect(readdirSync(folder)).toEqual([]);
});

test('what befell the taking, the source or the program is told', async () => {
  const failing = async function* () {
    yield packed.subarray(0, packed.length / 2);
    throw new Error('the storage went away');
  };
  const nothing = () => undefined;
  await expect(read(failing(), nothing)).rejects.toThrow('the storage went away');
  await expect(read(inChunks(packed.subarray(0, packed.length / 2)), nothing)).rejects.toMatchObject({ code: 'engine-error' });
  await expect(read(inChunks(Buffer.from('no zstd')), nothing)).rejects.toMatchObject({ code: 'engine-error' });
  const full = Object.assign(new Error('no room'), { code: 'ENOSPC' });
  await expect(read(inChunks(packed), () => Promise.reject(full))).rejects.toBe(full);
  const throwing: Take = () => {
    throw full;
  };
  await expect(read(inChunks(packed), throwing)).rejects.toBe(full);
  const missing = { command: '/nowhere/zstd', args: [] };
  const options = { signal: new AbortController().signal, socketFile };
  await expect(readThrough(missing, inChunks(packed), nothing, options)).rejects.toMatchObject({ code: 'engine-unavailable' });
});

test('cancelled while its source says nothing, it ends at once, and nothing is left running', async () => {
  const abort = new AbortController();
  const silent = async function* () {
    yield packed.subarray(0, MiB);
    await new Promise(() => {});
  };
  const reading = read(silent(), () => undefined, abort.signal);
  await sleep(200);
  abort.abort(new Error('cancelled'));
  await expect(reading).rejects.toThrow('cancelled');
  await expect(read(inChunks(packed), () => undefined, abort.signal)).rejects.toThrow('cancelled');
  expect(readdirSync(folder)).toEqual([]);
});
