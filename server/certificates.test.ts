import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { createCertificates } from './certificates.ts';
import type { Authority } from './store/authorities.ts';

function memoryStore() {
  const kept = new Map<string, Authority>();
  return {
    authorities: {
      find: async (projectId: string) => kept.get(projectId) ?? null,
      keep: async (projectId: string, authority: Authority) => {
        if (!kept.has(projectId)) kept.set(projectId, authority);
        return kept.get(projectId) ?? authority;
      },
    },
  };
}

async function handshake(ca: string, certificate: { certificatePem: string; keyPem: string }): Promise<string> {
  const server = createServer({ cert: certificate.certificatePem, key: certificate.keyPem }, (socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, ca }, () => {
        socket.end();
        resolve('trusted');
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  } finally {
    server.close();
  }
}

test('a client that trusts the project’s authority accepts its instances, and those of no other project', async () => {
  const certificates = createCertificates(memoryStore());
  const mine = await certificates.issue({ id: 'one', projectId: 'p1', host: '127.0.0.1' });
  const theirs = await certificates.issue({ id: 'two', projectId: 'p2', host: '127.0.0.1' });
  const away = await certificates.issue({ id: 'three', projectId: 'p1', host: '10.1.2.3' });
  const ca = await certificates.getCaPem('p1');
  expect(ca).toBe(mine.caPem);
  expect(await handshake(ca, mine)).toBe('trusted');
  expect(await handshake(ca, theirs)).not.toBe('trusted');
  expect(await handshake(ca, away)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});
