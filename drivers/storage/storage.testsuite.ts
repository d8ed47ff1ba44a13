import { createHash, randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Storage } from './storage.ts';

/** What every storage must do. `listLeftovers` names what lies in the place but is no object: nothing may. */
export function testStorage(open: () => Promise<{ storage: Storage; listLeftovers(): Promise<string[]>; close(): Promise<void> }>) {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  test('what is put comes back byte for byte, with its size', async () => {
    const bytes = randomBytes(3 * 1024 * 1024 + 17);
    expect(await opened.storage.put('a/one.bin', Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]))).toEqual({
      sizeBytes: bytes.length,
    });
    expect(await hash(await opened.storage.get('a/one.bin'))).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test('putting again replaces, an empty object is an object', async () => {
    await opened.storage.put('a/two', Readable.from([Buffer.from('first')]));
    await opened.storage.put('a/two', Readable.from([]));
    expect((await opened.storage.list('a/two')).map(({ key, sizeBytes }) => ({ key, sizeBytes }))).toEqual([
      { key: 'a/two', sizeBytes: 0 },
    ]);
  });

  test.each([0, 30])('a stream that fails after %i ms leaves nothing, not even of the attempt', async (afterMs) => {
    const broken = new PassThrough();
    broken.write(randomBytes(100_000));
    setTimeout(() => broken.destroy(new Error('the source broke')), afterMs);
    await expect(opened.storage.put('broken/part', broken)).rejects.toMatchObject({
      code: 'storage-error',
      detail: expect.stringContaining('the source broke'),
    });
    expect(await opened.storage.list('broken/')).toEqual([]);
    expect(await opened.listLeftovers()).toEqual([]);
  });

  test('a cancelled put stops its stream and leaves nothing', async () => {
    const endless = new Readable({
      read() {
        setImmediate(() => this.push(Buffer.alloc(64 * 1024)));
      },
    });
    const cancel = new AbortController();
    const put = opened.storage.put('cancelled/part', endless, cancel.signal);
    await sleep(50);
    cancel.abort(new Error('cancelled by a person'));
    await expect(put).rejects.toThrow('cancelled by a person');
    expect(endless.destroyed).toBe(true);
    expect(await opened.storage.list('cancelled/')).toEqual([]);
    expect(await opened.listLeftovers()).toEqual([]);
  });

  test('lists by prefix in order of the keys', async () => {
    for (const key of ['list/b', 'list/a/y', 'list/a/x', 'listed/c']) await opened.storage.put(key, Readable.from([Buffer.from(key)]));
    expect((await opened.storage.list('list/')).map(({ key }) => key)).toEqual(['list/a/x', 'list/a/y', 'list/b']);
    expect((await opened.storage.list('list')).map(({ key }) => key)).toEqual(['list/a/x', 'list/a/y', 'list/b', 'listed/c']);
    expect(await opened.storage.list('nowhere/')).toEqual([]);
  });

  test('deletes, and deleting again is fine', async () => {
    await opened.storage.put('gone/x', Readable.from([Buffer.from('x')]));
    await opened.storage.delete('gone/x');
    await opened.storage.delete('gone/x');
    await expect(opened.storage.get('gone/x')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('deletes a folder with all below it and nothing beside it', async () => {
    for (const key of ['backup-1/a', 'backup-1/deep/b', 'backup-10/c']) await opened.storage.put(key, Readable.from([Buffer.from(key)]));
    await opened.storage.deleteFolder('backup-1/');
    await opened.storage.deleteFolder('backup-1/');
    expect((await opened.storage.list('backup-1')).map(({ key }) => key)).toEqual(['backup-10/c']);
    for (const folder of ['', '/', 'backup-10', '../'])
      await expect(opened.storage.deleteFolder(folder)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('lists folders at the top or below another, each once; what is whole is never cleared as interrupted', async () => {
    for (const key of ['top-1/a', 'top-1/deep/b', 'top-2/c', 'no-folder']) await opened.storage.put(key, Readable.from([Buffer.from(key)]));
    expect((await opened.storage.listFolders()).filter((name) => /^(top-|no-)/.test(name))).toEqual(['top-1', 'top-2']);
    for (const key of ['top-1/deep/er/d', 'top-1/deeper/e', 'top-10/other/f'])
      await opened.storage.put(key, Readable.from([Buffer.from(key)]));
    expect(await opened.storage.listFolders('top-1/')).toEqual(['deep', 'deeper']);
    expect(await opened.storage.listFolders('top-1/deep/')).toEqual(['er']);
    for (const none of ['top-2/', 'nowhere/', 'nowhere/deep/']) expect(await opened.storage.listFolders(none)).toEqual([]);
    for (const folder of ['', '/', 'top-1', '../'])
      await expect(opened.storage.listFolders(folder)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(await opened.storage.clearInterrupted('top-1/', Date.now() + 3_600_000)).toBe(0);
    expect(await opened.storage.list('top-1/')).toHaveLength(4);
  });

  test.each(['', '/etc/passwd', '../x', 'a/../../x', 'a//b', 'a\0b', 'ü', 'a/.hidden', 'x.partial', 'a b'])(
    'refuses the key %j',
    async (key) => {
      await expect(opened.storage.put(key, Readable.from([]))).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(opened.storage.get(key)).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(opened.storage.delete(key)).rejects.toMatchObject({ code: 'invalid-input' });
    },
  );

  test('writes no faster than the medium and keeps memory constant', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 7);
    let given = 0;
    const big = new Readable({
      highWaterMark: 1,
      read() {
        given += 1;
        this.push(given > 256 ? null : Buffer.from(chunk));
      },
    });
    const before = process.memoryUsage().rss;
    await opened.storage.put('big', big);
    expect((await opened.storage.list('big'))[0]?.sizeBytes).toBe(256 * 1024 * 1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });
}

async function hash(stream: Readable): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of stream) digest.update(chunk);
  return digest.digest('hex');
}
