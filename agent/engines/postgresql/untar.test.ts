import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { createUntar } from './untar.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'gbt-untar-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let runs = 0;
const target = () => {
  runs += 1;
  return path.join(folder, `out-${runs}`);
};
const inChunks = (bytes: Buffer, size: number) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
  );

/** Chunk by chunk in one buffer, as from a socket. */
async function untar(source: AsyncIterable<Buffer>, into: string): Promise<number> {
  mkdirSync(into);
  const files = createUntar(into);
  const buffer = Buffer.alloc(65_536);
  try {
    for await (const chunk of source) {
      chunk.copy(buffer);
      await files.take(buffer.subarray(0, chunk.length));
      buffer.fill(0xee);
    }
    return files.end();
  } finally {
    await files.close();
  }
}

function pack(make: (folder: string) => void): Buffer {
  const source = mkdtempSync(path.join(folder, 'in-'));
  make(source);
  return execFileSync('tar', ['--format=ustar', '-C', source, '-cf', '-', '.'], { maxBuffer: 2 ** 28 });
}

test.each([1, 511, 512, 513, 65_536])('files and folders come out as they went in, in chunks of %i bytes', async (size) => {
  const content = Buffer.from(Array.from({ length: size === 1 ? 1500 : 200_001 }, (_, index) => index % 251));
  const bytes = pack((source) => {
    mkdirSync(path.join(source, 'base', 'empty'), { recursive: true });
    writeFileSync(path.join(source, 'base', 'one'), content);
    writeFileSync(path.join(source, 'nothing'), '');
  });
  const out = target();
  expect(await untar(inChunks(bytes, size), out)).toBe(content.length);
  expect(readFileSync(path.join(out, 'base', 'one')).equals(content)).toBe(true);
  expect(readdirSync(out, { recursive: true }).sort()).toEqual(['base', 'base/empty', 'base/one', 'nothing']);
});

test('a cut stream, a changed header, a link and a way out are refused', async () => {
  const bytes = pack((source) => writeFileSync(path.join(source, 'one'), Buffer.alloc(5000)));
  await expect(untar(inChunks(bytes.subarray(0, 3000), 512), target())).rejects.toMatchObject({ code: 'backup-damaged' });
  await expect(untar(inChunks(bytes.subarray(0, 1024), 512), target())).rejects.toMatchObject({ code: 'backup-damaged' });
  const changed = Buffer.from(bytes);
  changed.write('x', 5);
  await expect(untar(inChunks(changed, 512), target())).rejects.toMatchObject({ code: 'backup-damaged' });
  const link = pack((source) => symlinkSync('/etc/passwd', path.join(source, 'link')));
  await expect(untar(inChunks(link, 512), target())).rejects.toMatchObject({ code: 'backup-damaged' });
  const escaping = execFileSync('tar', ['--format=ustar', '-P', '--transform', 's,.*,../escaped,', '-cf', '-', '/etc/hostname']);
  await expect(untar(inChunks(escaping, 512), target())).rejects.toMatchObject({ code: 'backup-damaged' });
  expect(readdirSync(folder)).not.toContain('escaped');
});
