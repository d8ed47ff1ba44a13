import { expect, test } from 'vitest';
import { createMessageReader, readError, readFields } from './backend-messages.ts';

const message = (type: string, body: Buffer) => {
  const head = Buffer.alloc(5, type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const bodies = [
  Buffer.alloc(0),
  Buffer.from('x'),
  Buffer.alloc(70_000, 7),
  Buffer.alloc(3, 1),
  Buffer.alloc(5, 2),
  Buffer.alloc(131_072, 3),
];

/** Gives the bytes in chunks that lie, one after the other, in the same memory, as a socket does that reads into one buffer. */
function lend(bytes: Buffer, size: number, read: (chunk: Buffer) => void) {
  const lent = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) read(lent.subarray(0, bytes.copy(lent, 0, at, at + size)));
}

test.each([1, 2, 4, 5, 6, 7, 4096, 65_536, 1_000_000])('messages come out whole from chunks of %i bytes', (size) => {
  const bytes = Buffer.concat(bodies.map((body) => message('d', body)));
  const got: string[] = [];
  const read = createMessageReader(({ type, body }) => got.push(`${type} ${body.toString('hex')}`));
  lend(bytes, size, read);
  expect(got).toEqual(bodies.map((body) => `d ${body.toString('hex')}`));
});

test.each([1, 5, 6, 7, 4096, 65_536, 1_000_000])('the data of a copy comes in order, in pieces, from chunks of %i bytes', (size) => {
  const datas = bodies.map((body) => Buffer.concat([Buffer.from('d'), body]));
  const bytes = Buffer.concat(datas.flatMap((body) => [message('d', body), message('d', Buffer.from('p12345678'))]));
  const [pieces, others]: [Buffer[], string[]] = [[], []];
  const read = createMessageReader(
    ({ type, body }) => others.push(`${type} ${body}`),
    (piece) => pieces.push(Buffer.from(piece)),
  );
  lend(bytes, size, read);
  expect(Buffer.concat(pieces).equals(Buffer.concat(bodies))).toBe(true);
  expect(others).toEqual(bodies.map(() => 'd p12345678'));
});

test('fields of a row and of an error', () => {
  expect(readFields(Buffer.from([0, 3, 0, 0, 0, 2, 0x61, 0x62, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]))).toEqual(['ab', null, '']);
  const error = readError(Buffer.from('SERROR\0C42501\0Mpermission denied\0\0'));
  expect([error.message, error.code]).toEqual(['permission denied', '42501']);
});
