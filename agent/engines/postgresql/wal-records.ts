import { open } from 'node:fs/promises';
import path from 'node:path';
import { segmentBytes, toSegmentName } from './wal-position.ts';

/** What of the log decides where a replay may end. `endOfCrash`: whatever was going on before it never ended. */
export type WalRecord = { at: bigint; transaction: number } & (
  | { kind: 'end-of-transaction'; endedAtMs: number }
  | { kind: 'drop-database' }
  | { kind: 'end-of-crash' }
);

const pageBytes = 8192;
const pageHead = { short: 24, long: 40 };
/** Flags of a page: it begins with the rest of a record, and its own head is a long one. */
const [continues, isLong] = [1, 2];
const recordHead = 24;
/** Enough of a record for its head and for when a transaction ended. */
const keptBytes = 64;

/**
 * The records of log files that lie whole in a folder, from the beginning of one on, as far as they lead. Layout of PostgreSQL 15 to 18,
 * src/include/access/xlog_internal.h and xlogrecord.h.
 */
export async function* readWal(folder: string, timeline: number, from: bigint, signal: AbortSignal): AsyncGenerator<WalRecord> {
  const block = Buffer.allocUnsafe(Number(segmentBytes));
  let kept: Buffer | null = null;
  let left = 0;
  let begunAt = 0n;
  for (let segment = from - (from % segmentBytes); ; segment += segmentBytes) {
    signal.throwIfAborted();
    if (!(await readSegment(path.join(folder, toSegmentName(segment, timeline)), block))) return;
    for (let page = 0; page < block.length; page += pageBytes) {
      const pageAt = segment + BigInt(page);
      if (pageAt + BigInt(pageBytes) <= from) continue;
      // Zeros: nothing was written from here on, as behind a switch to the next file.
      if (block.readBigUInt64LE(page + 8) !== pageAt) break;
      const flags = block.readUInt16LE(page + 2);
      const rest = (flags & continues) === 0 ? 0 : block.readUInt32LE(page + 16);
      let at = page + ((flags & isLong) === 0 ? pageHead.short : pageHead.long);
      // The first is begun in the middle; and a crash may have cut off a record, which is not gone on with.
      if (pageAt <= from) at = Math.max(at, page + Number(from - pageAt));
      else if (rest !== left) {
        left = 0;
        at = align(at + rest);
      }
      while (at < page + pageBytes) {
        if (left === 0) {
          left = block.readUInt32LE(at);
          if (left === 0) break;
          if (left < recordHead) return;
          kept = at + recordHead > page + pageBytes || tells(block.readUInt8(at + 17)) ? Buffer.alloc(0) : null;
          begunAt = segment + BigInt(at);
        }
        const length = Math.min(left, page + pageBytes - at);
        if (kept !== null && kept.length < keptBytes) kept = Buffer.concat([kept, block.subarray(at, at + Math.min(length, keptBytes))]);
        left -= length;
        at = align(at + length);
        const record = left === 0 && kept !== null ? toRecord(kept, begunAt) : null;
        if (record !== null) yield record;
      }
    }
  }
}

async function readSegment(file: string, block: Buffer): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return false;
  try {
    return (await handle.read(block, 0, block.length, 0)).bytesRead === block.length;
  } finally {
    await handle.close();
  }
}

function align(at: number): number {
  return (at + 7) & ~7;
}

/** Numbers of the resource managers. */
const managers = { log: 0, transactions: 1, databases: 4 };
const tells = (manager: number) => manager <= managers.transactions || manager === managers.databases;
/** A checkpoint of a server that stops or has recovered, and the end of a recovery. */
const endsOfCrash = [0x00, 0x90];
const dropDatabase = 0x20;
/** Committed, aborted, and the same of what was prepared. */
const ends = [0x00, 0x20, 0x30, 0x40];
const epochMs = Date.UTC(2000, 0, 1);

function toRecord(bytes: Buffer, at: bigint): WalRecord | null {
  const [transaction, info, manager] = [bytes.readUInt32LE(4), bytes.readUInt8(16), bytes.readUInt8(17)];
  if (manager === managers.log) return endsOfCrash.includes(info & 0xf0) ? { at, transaction, kind: 'end-of-crash' } : null;
  if (manager === managers.databases) return (info & 0xf0) === dropDatabase ? { at, transaction, kind: 'drop-database' } : null;
  if (manager !== managers.transactions || !ends.includes(info & 0x70)) return null;
  const data = findData(bytes);
  if (data === null || data + 8 > bytes.length) return null;
  return { at, transaction, kind: 'end-of-transaction', endedAtMs: epochMs + Number(bytes.readBigInt64LE(data)) / 1000 };
}

/** Where a record's own data begins: behind what says from which origin and under which transaction it came. */
function findData(bytes: Buffer): number | null {
  for (let at = recordHead; at < bytes.length; ) {
    const id = bytes.readUInt8(at);
    if (id === 255) return at + 2;
    if (id === 254) return at + 5;
    if (id === 253) at += 3;
    else if (id === 252) at += 5;
    else return null;
  }
  return null;
}
