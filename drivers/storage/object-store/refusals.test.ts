import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GuestboardError } from '#contract/errors.ts';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import { openStorage } from '../index.ts';

const patience = { attempts: 1, firstPauseMs: 1, idleTimeoutMs: 5000 };
const inner = 'the-key-of-an-inner-service';
let answer = { status: 403, body: '' };
let origin = '';
const server = createServer((request, response) => {
  // Whoever chooses an address may also have a server that sends on to another one.
  if (request.url === '/auth') return void response.writeHead(200, { 'x-auth-token': 't', 'x-storage-url': `${origin}/inner` }).end();
  request.resume();
  response.writeHead(answer.status, { connection: 'close' }).end(answer.body);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const secret = { password: 'p', caPem: null, prefix: '' };
const toS3 = (): StorageAddress => ({ kind: 's3', endpoint: origin, region: 'r', bucket: 'b', accessKeyId: 'k', ...secret });
const toSwift = (path: string): StorageAddress => ({
  ...{ kind: 'swift', authUrl: `${origin}${path}`, auth: { version: 'v1' }, region: null, container: 'b', user: 'u' },
  ...secret,
});

async function ask(address: StorageAddress): Promise<string> {
  const storage = await openStorage(address, '', patience);
  const failure = await storage.put('a', Readable.from([Buffer.from('x')])).catch((error: unknown) => error);
  const unlisted = await storage.list('').catch((error: unknown) => error);
  return [failure, unlisted].map((one) => (one instanceof GuestboardError ? `${one.message} ${one.detail}` : '')).join(' ');
}

test('what another service answers at the address of a storage is not shown, only its status', async () => {
  const bodies = [
    inner,
    `<html><h1>${inner}</h1></html>`,
    `{"error":{"message":"${inner}"}}`,
    `<Code>${inner}</Code><Message>${inner}</Message>`,
    `<Error><Code>${inner}</Code><Message>${inner}</Message></Error>`,
    `<Error><Code>Other</Code><Message>${inner}</Message></Error>`,
    `<page><Error><Code>AccessDenied</Code><Message>${inner}</Message></Error></page>`,
  ];
  for (const status of [200, 401, 403, 404, 418, 500]) {
    for (const body of bodies) {
      answer = { status, body };
      for (const address of [toS3(), toSwift('/auth'), toSwift('/')]) {
        const said = await ask(address);
        expect(said).not.toContain(inner);
        if (status === 403) expect(said).toContain('HTTP 403 Forbidden');
      }
    }
  }
});

test('S3’s own code is shown, and its words where it is a known one', async () => {
  const toBody = (code: string) => `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>In S3’s words.</Message></Error>\n`;
  answer = { status: 403, body: toBody('SignatureDoesNotMatch') };
  expect(await ask(toS3())).toMatch(/does not accept the access key and its secret\. SignatureDoesNotMatch: In S3’s words\./);
  answer = { status: 404, body: toBody('NoSuchBucket') };
  expect(await ask(toS3())).toMatch(/“b” does not exist at .*\. NoSuchBucket: In S3’s words\./);
  answer = { status: 503, body: toBody('SlowDown') };
  expect(await ask(toS3())).toMatch(/overloaded or out of order just now\. Try again later.*SlowDown: In S3’s words\./);
  answer = { status: 507, body: '' };
  for (const address of [toS3(), toSwift('/auth')])
    expect(await ask(address)).toMatch(/Delete backups there, or have it enlarged\. HTTP 507/);
  answer = { status: 409, body: toBody('OfAnotherMaker') };
  expect(await ask(toS3())).toMatch(/refused a request\. HTTP 409 Conflict, OfAnotherMaker/);
});
