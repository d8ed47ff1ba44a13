import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import { openStorage } from './index.ts';

test('a local directory is the folder of whoever opens it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-storage-'));
  try {
    const storage = await openStorage({ kind: 'local-directory' }, folder);
    await storage.put('a', Readable.from([Buffer.from('x')]));
    expect(await storage.list('')).toMatchObject([{ key: 'a', sizeBytes: 1 }]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

describe('a server whose certificate is of a private authority', () => {
  let server: https.Server;
  let url: string;
  let certificatePem: string;

  beforeAll(async () => {
    const made = await makeCertificate();
    certificatePem = made.cert;
    server = https.createServer(made, (request, response) => {
      if (request.url === '/auth') response.setHeader('X-Auth-Token', 'token').setHeader('X-Storage-Url', `${url}/v1`);
      response.end(request.url?.startsWith('/bucket') ? '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>' : '[]');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const toAddresses = (caPem: string | null): StorageAddress[] => [
    { kind: 's3', endpoint: url, region: 'r', bucket: 'bucket', prefix: '', accessKeyId: 'a', password: 'b', caPem },
    {
      kind: 'swift',
      authUrl: `${url}/auth`,
      auth: { version: 'v1' },
      region: null,
      container: 'c',
      prefix: '',
      user: 'a',
      password: 'b',
      caPem,
    },
  ];

  test('is trusted with that authority’s certificate', async () => {
    for (const address of toAddresses(certificatePem)) expect(await (await openStorage(address, '')).list('')).toEqual([]);
  });

  test('is not trusted without, and the sentence says so at once', async () => {
    for (const address of toAddresses(null))
      await expect((await openStorage(address, '')).list('')).rejects.toMatchObject({
        code: 'storage-error',
        message: expect.stringContaining(`The certificate of ${url} is not trusted`),
      });
  });
});

async function makeCertificate(): Promise<{ cert: string; key: string }> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Private authority',
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
    ],
  });
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { cert: certificate.toString('pem'), key };
}
