import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import { createFile, type NewFile } from '#drivers/disk/write-file.ts';
import type { Take } from '#drivers/process/read-through.ts';

const blockSize = 512;

export type Untar = {
  /** The next bytes, which are somebody else's once this returns, or resolves where it has to wait. */
  take: Take;
  /** Answers the bytes written to files, which are not synced. Throws `backup-damaged` where something is missing. */
  end(): number;
  close(): Promise<void>;
};

/**
 * Writes a tar stream into a folder, which is there, in constant memory. Takes plain files and folders, as the server's own archive has them;
 * a link, an absolute path or a way out of the folder is refused.
 */
export function createUntar(folder: string, onBytes: (written: number) => void = () => {}): Untar {
  const header = Buffer.alloc(blockSize);
  let headerBytes = 0;
  let file: NewFile | null = null;
  /** Of the file that is being written, and of what fills up its last block. */
  let [left, padding, written] = [0, 0, 0];
  let hasEnded = false;

  /** One file or folder begins, or the end mark. */
  async function begin(): Promise<void> {
    headerBytes = 0;
    if (header.every((byte) => byte === 0)) {
      hasEnded = true;
      return;
    }
    if (readChecksum(header) !== sumOf(header)) throw damaged('has a header that does not add up');
    const name = readName(header);
    const target = path.join(folder, name);
    if (path.isAbsolute(name) || (target !== folder && !target.startsWith(folder + path.sep)))
      throw damaged(`leads out of its folder: ${name}`);
    const type = String.fromCharCode(header[156] ?? 0);
    left = readSize(header);
    padding = (blockSize - (left % blockSize)) % blockSize;
    if (type === '5') await mkdir(target, { recursive: true, mode: 0o700 });
    else if (type === '0' || type === '\0') file = createFile((flags) => open(target, flags, 0o600));
    else throw damaged(`holds an entry of kind ${JSON.stringify(type)}: ${name}`);
    if (left === 0) await finish();
  }

  async function finish(): Promise<void> {
    const finished = file;
    await finished?.end({ isSynced: false });
    file = null;
    await finished?.close();
  }

  async function takeApart(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length && !hasEnded; ) {
      if (left > 0) {
        const bytes = chunk.subarray(at, at + left);
        await file?.append(bytes);
        at += bytes.length;
        count(bytes.length);
        if (left === 0) await finish();
      } else if (padding > 0) {
        const skipped = Math.min(padding, chunk.length - at);
        padding -= skipped;
        at += skipped;
      } else {
        const copied = chunk.copy(header, headerBytes, at);
        headerBytes += copied;
        at += copied;
        if (headerBytes === blockSize) await begin();
      }
    }
  }

  function count(bytes: number) {
    left -= bytes;
    written += bytes;
    onBytes(written);
  }

  return {
    take: (chunk) => {
      if (file === null || chunk.length >= left) return takeApart(chunk);
      count(chunk.length);
      return file.append(chunk);
    },
    end: () => {
      if (left > 0) throw damaged('ends in the middle of a file');
      if (!hasEnded) throw damaged('ends without its end mark');
      return written;
    },
    close: async () => file?.close(),
  };
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
