import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import { writeFile } from '#drivers/disk/write-file.ts';
import { createByteReader } from '../../byte-reader.ts';

const blockSize = 512;

/**
 * Writes a tar stream into a folder that does not exist yet, in constant memory. Takes plain files and folders, as the server's own archive
 * has them; a link, an absolute path or a way out of the folder is refused. Answers the bytes written to files, which are not synced.
 */
export async function untar(source: AsyncIterable<Buffer>, folder: string, onBytes: (bytes: number) => void = () => {}): Promise<number> {
  await mkdir(folder, { mode: 0o700 });
  const reader = createByteReader(source);
  let written = 0;
  try {
    while (await writeNext());
    // Readers of the stream behind us (a checksum) must see all of it.
    await reader.drain();
    return written;
  } finally {
    await reader.close();
  }

  /** One file or folder; false at the end mark. */
  async function writeNext(): Promise<boolean> {
    const header = await reader.read(blockSize);
    if (header === null) throw damaged('ends without its end mark');
    if (header.every((byte) => byte === 0)) return false;
    if (readChecksum(header) !== sumOf(header)) throw damaged('has a header that does not add up');
    const name = readName(header);
    const target = path.join(folder, name);
    if (path.isAbsolute(name) || (target !== folder && !target.startsWith(folder + path.sep)))
      throw damaged(`leads out of its folder: ${name}`);
    const size = readSize(header);
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === '5') await mkdir(target, { recursive: true, mode: 0o700 });
    else if (type === '0' || type === '\0') await writeFile((flags) => open(target, flags, 0o600), readEntry(size), { isSynced: false });
    else throw damaged(`holds an entry of kind ${JSON.stringify(type)}: ${name}`);
    await reader.skip((blockSize - (size % blockSize)) % blockSize);
    return true;
  }

  async function* readEntry(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      const chunk = await reader.readUpTo(left);
      if (chunk === null) throw damaged('ends in the middle of a file');
      left -= chunk.length;
      written += chunk.length;
      yield chunk;
      onBytes(written);
    }
  }
}

function readName(header: Buffer): string {
  const name = readText(header, 0, 100);
  const prefix = readText(header, 345, 155);
  return path.normalize(prefix === '' ? name : `${prefix}/${name}`).replace(/\/$/, '');
}

/** Octal digits, or from 8 GiB on a big-endian number marked by its first bit. */
function readSize(header: Buffer): number {
  if (((header[124] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(128));
  return Number.parseInt(readText(header, 124, 12).trim() || '0', 8);
}

function readChecksum(header: Buffer): number {
  return Number.parseInt(readText(header, 148, 8).trim(), 8);
}

function sumOf(header: Buffer): number {
  return header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 32 : byte), 0);
}

function readText(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end === -1 ? length : end).toString('utf8');
}

function damaged(what: string): GuestboardError {
  return new GuestboardError('backup-damaged', `The copy ${what}.`);
}
