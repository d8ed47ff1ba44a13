import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeFile } from './write-file.ts';

const MiB = 1024 ** 2;

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe.each([
  ['a disk', tmpdir()],
  ['memory', '/dev/shm'],
])('a file in %s', (_, parent) => {
  let folder = '';
  let files = 0;
  beforeAll(() => {
    folder = mkdtempSync(path.join(parent, 'gbt-write-file-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const target = () => {
    files += 1;
    return path.join(folder, `file-${files}`);
  };

  test.each([0, 1, MiB - 1, MiB, MiB + 1, 4 * MiB, 4 * MiB + 4096, 8 * MiB + 1, 13 * MiB + 4095])(
    'of %i bytes comes out as it went in',
    async (size) => {
      const bytes = randomBytes(size);
      for (const chunkBytes of [65_536, 1_000_003, 20 * MiB]) {
        const file = target();
        expect(await writeFile((flags) => open(file, flags, 0o640), inChunks(bytes, chunkBytes), { isSynced: true })).toBe(size);
        expect((await readFile(file)).equals(bytes)).toBe(true);
        expect((await stat(file)).mode & 0o777).toBe(0o640);
      }
    },
  );

  test('several at a time do not mix', async () => {
    const made = await Promise.all(
      [3, 5, 9].map(async (times) => {
        const [file, bytes] = [target(), randomBytes(times * MiB + times)];
        await writeFile((flags) => open(file, flags, 0o600), inChunks(bytes, 100_000), { isSynced: false });
        return { file, bytes };
      }),
    );
    for (const { file, bytes } of made) expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  /** As a file system that opens for direct writing, takes so many bytes in this way, and refuses or swallows the rest. */
  const opening = (file: string, takes: number, refusal: string | null) => async (flags: number) => {
    const handle = await open(file, flags & ~constants.O_DIRECT, 0o600);
    if ((flags & constants.O_DIRECT) === 0) return handle;
    const write = handle.write.bind(handle) as (...given: unknown[]) => Promise<{ bytesWritten: number }>;
    let left = takes;
    const limited = async (bytes: Buffer, from: number, length: number, at: number) => {
      const some = Math.min(left, length);
      left -= some;
      if (some > 0) return write(bytes, from, some, at);
      if (refusal !== null) throw Object.assign(new Error(refusal), { code: refusal });
      return { bytesWritten: 0 };
    };
    return Object.assign(handle, { write: limited });
  };

  test.each([0, 1000, 4 * MiB + 512])('goes on by ordinary writing where direct writing is refused after %i bytes', async (takes) => {
    const [file, bytes] = [target(), randomBytes(9 * MiB + 77)];
    expect(await writeFile(opening(file, takes, 'EINVAL'), inChunks(bytes, 65_536), { isSynced: true })).toBe(bytes.length);
    expect((await readFile(file)).equals(bytes)).toBe(true);
  });

  test('fails where the disk takes nothing and does not say why, and where it fails', async () => {
    for (const refusal of [null, 'EIO']) {
      const writing = writeFile(opening(target(), 5 * MiB, refusal), inChunks(randomBytes(9 * MiB), 65_536), { isSynced: false });
      await expect(writing).rejects.toMatchObject({ code: 'EIO' });
    }
  }, 5_000);

  test.each([10, 3 * MiB])('that is there already is not touched by %i bytes', async (size) => {
    const file = target();
    await writeFile((flags) => open(file, flags, 0o600), inChunks(Buffer.from('first'), 5), { isSynced: false });
    const again = writeFile((flags) => open(file, flags, 0o600), inChunks(randomBytes(size), 65_536), { isSynced: false });
    await expect(again).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(file, 'utf8')).toBe('first');
  });

  test('whose content breaks off, or whose disk is full, says so and is closed', async () => {
    const file = target();
    const broken = async function* () {
      yield randomBytes(5 * MiB);
      throw new Error('gone');
    };
    await expect(writeFile((flags) => open(file, flags, 0o600), broken(), { isSynced: true })).rejects.toThrow('gone');
    const script = `
      import { open } from 'node:fs/promises';
      import { writeFile } from '${path.resolve('drivers/disk/write-file.ts')}';
      const content = (async function* () { for (let i = 0; i < 200; i += 1) yield Buffer.alloc(65_536, 1); })();
      const failed = await writeFile((flags) => open('${target()}', flags), content, { isSynced: true }).catch((error) => error);
      console.log(failed.code);`;
    const limited = [`--fsize=${5 * MiB}`, process.execPath, '--import', 'tsx', '--input-type=module', '-e', script];
    expect((await promisify(execFile)('/usr/bin/prlimit', limited)).stdout).toBe('EFBIG\n');
  });
});
