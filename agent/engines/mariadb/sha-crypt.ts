import { createHash } from 'node:crypto';

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digestBytes = 32;

/** SHA-crypt with SHA-256 as its author specified it, without the part of the result that says method and salt: 43 letters. */
export function shaCrypt(password: string, salt: string, rounds: number): string {
  const key = Buffer.from(password, 'utf8');
  const salted = Buffer.from(salt, 'latin1');
  const alternate = digest(key, salted, key);
  const mixed = [key, salted, repeat(alternate, key.length)];
  for (let length = key.length; length > 0; length >>= 1) mixed.push((length & 1) === 1 ? alternate : key);
  let result = digest(...mixed);
  const keys = repeat(digest(...Array.from({ length: key.length }, () => key)), key.length);
  const salts = repeat(digest(...Array.from({ length: 16 + (result[0] ?? 0) }, () => salted)), salted.length);
  for (let round = 0; round < rounds; round += 1) {
    const isOdd = round % 2 === 1;
    result = digest(isOdd ? keys : result, round % 3 === 0 ? none : salts, round % 7 === 0 ? none : keys, isOdd ? result : keys);
  }
  return toLetters(result);
}

const none = Buffer.alloc(0);

function digest(...parts: Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

function repeat(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

/** Three bytes at a time, ten apart from each other, as four letters from the lowest bits on; of the last two bytes three. */
function toLetters(bytes: Buffer): string {
  const byte = (index: number) => bytes[index] ?? 0;
  const write = (value: number, letters: number) =>
    Array.from({ length: letters }, (_, index) => alphabet[(value >> (6 * index)) & 63]).join('');
  let text = '';
  let [high, middle, low] = [0, 10, 20];
  for (let group = 0; group < 10; group += 1) {
    text += write((byte(high) << 16) | (byte(middle) << 8) | byte(low), 4);
    [high, middle, low] = [low + 1, high + 1, middle + 1];
  }
  return text + write((byte(digestBytes - 1) << 8) | byte(digestBytes - 2), 3);
}
