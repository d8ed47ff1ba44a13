import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { seal, unseal } from './sealing.ts';

const key = randomBytes(32);
const frame = 512 * 1024;
const header = 8 + 32;
const around = 4 + 16;

async function* inChunks(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function gather(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}
const sealed = (bytes: Buffer, about = 'b/part') => gather(seal(inChunks(bytes, 300_000), key, about));
const opened = (bytes: Buffer, about = 'b/part', by = key) => gather(unseal(inChunks(bytes, 65_537), by, about));

test.each([0, 1, frame - 1, frame, frame + 1, 3 * frame, 3 * frame + 17])('%i bytes come back as they were', async (size) => {
  const bytes = randomBytes(size);
  const stored = await sealed(bytes);
  expect(stored.length).toBe(header + size + around * Math.max(1, Math.ceil(size / frame)));
  expect((await opened(stored)).equals(bytes)).toBe(true);
});

test('what was sealed by larger frames, as once it was, opens still; frames over a mebibyte do not', async () => {
  const bytes = randomBytes(3 * 1024 ** 2 + 17);
  const sealedBy = (frameBytes: number) => gather(seal(inChunks(bytes, 300_000), key, 'b/part', frameBytes));
  expect((await opened(await sealedBy(1024 ** 2))).equals(bytes)).toBe(true);
  await expect(opened(await sealedBy(1024 ** 2 + 1))).rejects.toMatchObject({ code: 'backup-damaged' });
});

test('the same bytes are never sealed to the same', async () => {
  const bytes = Buffer.alloc(1000);
  expect((await sealed(bytes)).equals(await sealed(bytes))).toBe(false);
});

test('another key and another name do not open it', async () => {
  const stored = await sealed(randomBytes(100));
  await expect(opened(stored, 'b/part', randomBytes(32))).rejects.toMatchObject({ code: 'backup-damaged' });
  await expect(opened(stored, 'c/part')).rejects.toMatchObject({ code: 'backup-damaged' });
});

test('whatever is changed, cut, swapped or added is seen, and no byte of a wrong frame is given out', async () => {
  const bytes = randomBytes(2 * frame + 500);
  const stored = await sealed(bytes);
  const frames = [
    stored.subarray(header, header + frame + around),
    stored.subarray(header + frame + around, header + 2 * (frame + around)),
  ];
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = frames;
  const rest = stored.subarray(header + 2 * (frame + around));
  const head = stored.subarray(0, header);
  const flip = (at: number) => {
    const copy = Buffer.from(stored);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  const harmed = {
    'a bit of the magic': flip(3),
    'a bit of the salt': flip(20),
    'a bit of a length': flip(header + 3),
    'the final mark': flip(header),
    'a bit of the first frame': flip(header + 100),
    'a bit of a tag': flip(header + frame + 8),
    'a bit of the last byte': flip(stored.length - 1),
    'cut within a frame': stored.subarray(0, stored.length - 1),
    'cut between frames': Buffer.concat([head, first, second]),
    'frames swapped': Buffer.concat([head, second, first, rest]),
    'a frame left out': Buffer.concat([head, second, rest]),
    'a frame twice': Buffer.concat([head, first, first, second, rest]),
    'bytes after the end': Buffer.concat([stored, Buffer.from('x')]),
    'nothing at all': Buffer.alloc(0),
  };
  for (const [what, harm] of Object.entries(harmed)) {
    const given: Buffer[] = [];
    const read = async () => {
      for await (const chunk of unseal(inChunks(harm, 65_537), key, 'b/part')) given.push(chunk);
    };
    await expect(read(), what).rejects.toMatchObject({ code: 'backup-damaged' });
    const plain = Buffer.concat(given);
    expect(plain.equals(bytes.subarray(0, plain.length)), what).toBe(true);
  }
});
