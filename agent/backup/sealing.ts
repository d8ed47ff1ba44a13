import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { GuestboardError } from '#contract/errors.ts';
import { createByteReader } from '../byte-reader.ts';

/** What tells sealed bytes of ours from others: the format and its version. */
const magic = Buffer.from('GBSEAL1\n');
const saltBytes = 32;
const tagBytes = 16;
const maxFrameBytes = 1024 * 1024;
/** Of what is sealed now: while a frame is sealed nothing is read, and a server whose socket is full waits. */
const usualFrameBytes = 512 * 1024;
/** In a frame's length: nothing follows it. */
const finalMark = 0x8000_0000;

/**
 * Seals a stream by AES-256-GCM in frames of at most 1 MiB. Each stream has a key of its own, derived from the project's key and a random
 * salt, so that the counter may begin at zero; the last frame is marked, so that a cut is seen. `about` is bound in: bytes under another
 * name do not open. Layout: magic, salt, then frames of length (uint32, high bit on the last), ciphertext, tag.
 */
export async function* seal(
  source: AsyncIterable<Buffer>,
  key: Buffer,
  about: string,
  frameBytes = usualFrameBytes,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(saltBytes);
  const streamKey = deriveKey(key, salt, about);
  // What comes before the next bytes: each piece given out costs the same on its way, however small it is.
  let before = Buffer.concat([magic, salt]);
  let counter = 0n;
  for await (const { chunks, bytes, isLast } of inFrames(source, frameBytes)) {
    const head = Buffer.alloc(4);
    head.writeUInt32BE((bytes | (isLast ? finalMark : 0)) >>> 0);
    const cipher = createCipheriv('aes-256-gcm', streamKey, toNonce(counter, isLast));
    cipher.setAAD(head);
    // In pieces, as they came: putting a frame together would cost as much as sealing it.
    yield Buffer.concat([before, head]);
    for (const chunk of chunks) yield cipher.update(chunk);
    cipher.final();
    before = cipher.getAuthTag();
    counter += 1n;
  }
  yield before;
}

/** The reverse. Throws `backup-damaged` at the first frame that is not what was sealed; no byte of it is given out before. */
export async function* unseal(source: Readable | AsyncIterable<Buffer>, key: Buffer, about: string): AsyncGenerator<Buffer> {
  const reader = createByteReader(source);
  const start = await reader.read(magic.length + saltBytes);
  if (start === null || !start.subarray(0, magic.length).equals(magic)) throw damaged('does not begin as a sealed part does');
  const streamKey = deriveKey(key, start.subarray(magic.length), about);
  for (let counter = 0n; ; counter += 1n) {
    const head = await reader.read(4);
    if (head === null) throw damaged('ends before its last frame');
    const isLast = head.readUInt32BE() >= finalMark;
    const length = head.readUInt32BE() & 0x7fff_ffff;
    if (length > maxFrameBytes) throw damaged('has a frame longer than any');
    const frame = await reader.read(length + tagBytes);
    if (frame === null) throw damaged('ends in the middle of a frame');
    const decipher = createDecipheriv('aes-256-gcm', streamKey, toNonce(counter, isLast));
    decipher.setAAD(head);
    decipher.setAuthTag(frame.subarray(length));
    const plain = decipher.update(frame.subarray(0, length));
    try {
      decipher.final();
    } catch {
      throw damaged(`was changed, or is sealed by another key (frame ${counter})`);
    }
    yield plain;
    if (isLast) break;
  }
  if ((await reader.read(1)) !== null) throw damaged('goes on after its last frame');
}

/** Full frames but for the last, which may be empty; the bytes of one as they came. */
async function* inFrames(
  source: AsyncIterable<Buffer>,
  frameBytes: number,
): AsyncGenerator<{ chunks: Buffer[]; bytes: number; isLast: boolean }> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const given of source) {
    let chunk = given;
    while (bytes + chunk.length > frameBytes) {
      const room = frameBytes - bytes;
      yield { chunks: [...held, chunk.subarray(0, room)], bytes: frameBytes, isLast: false };
      chunk = chunk.subarray(room);
      held = [];
      bytes = 0;
    }
    held.push(chunk);
    bytes += chunk.length;
  }
  yield { chunks: held, bytes, isLast: true };
}

function deriveKey(key: Buffer, salt: Buffer, about: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, `guestboard part ${about}`, 32));
}

function toNonce(counter: bigint, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(counter);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function damaged(what: string): GuestboardError {
  return new GuestboardError('backup-damaged', `A part of the backup ${what}.`);
}
