import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { Authority } from './store/authorities.ts';
import type { Store } from './store/store.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
export type IssuedCertificate = { certificatePem: string; keyPem: string; caPem: string };
export type Certificates = ReturnType<typeof createCertificates>;

/** TLS of the instances: an authority per project, made at its first instance, and a certificate per instance for its host. */
export function createCertificates(store: Pick<Store, 'authorities'>, now: () => number = Date.now) {
  async function getAuthority(projectId: string): Promise<Authority> {
    const known = await store.authorities.find(projectId);
    if (known) return known;
    const x509 = await loadX509();
    const keys = await makeKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: makeSerial(),
      name: `CN=Guestboard authority of project ${projectId.replace(/[^A-Za-z0-9-]/g, '')}`,
      notBefore: new Date(now() - dayMs),
      notAfter: new Date(now() + 3650 * dayMs),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return store.authorities.keep(projectId, {
      certificatePem: certificate.toString('pem'),
      keyPem: await exportKey(x509, keys.privateKey),
    });
  }

  return {
    getCaPem: async (projectId: string): Promise<string> => (await getAuthority(projectId)).certificatePem,
    /** Valid for the host clients connect to, and for the loopback names when that is where it listens. */
    async issue({ id, projectId, host }: { id: string; projectId: string; host: string }): Promise<IssuedCertificate> {
      const [x509, authority] = [await loadX509(), await getAuthority(projectId)];
      const issuer = new x509.X509Certificate(authority.certificatePem);
      const signingKey = await importKey(x509, authority.keyPem);
      const keys = await makeKeys();
      const hosts = [
        ...new Set([host, ...(host.startsWith('127.') || host === '::1' || host === 'localhost' ? ['127.0.0.1', 'localhost'] : [])]),
      ];
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: makeSerial(),
        subject: `CN=${id}`,
        issuer: issuer.subject,
        notBefore: new Date(now() - dayMs),
        notAfter: new Date(now() + 3640 * dayMs),
        publicKey: keys.publicKey,
        signingKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            hosts.map((name) => ({ type: isIP(name) ? ('ip' as const) : ('dns' as const), value: name })),
          ),
          await x509.AuthorityKeyIdentifierExtension.create(issuer),
        ],
      });
      return {
        certificatePem: certificate.toString('pem'),
        keyPem: await exportKey(x509, keys.privateKey),
        caPem: authority.certificatePem,
      };
    },
  };
}

type X509 = Awaited<ReturnType<typeof loadX509>>;

/** Only once a certificate is made: loading it takes a quarter of a second, for which no start of a server needs to wait. */
async function loadX509() {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as Crypto);
  return x509;
}

function makeKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
}

async function exportKey(x509: X509, key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function importKey(x509: X509, pem: string): Promise<CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  if (!der) throw new Error('The key of a project’s authority cannot be read.');
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']) as Promise<CryptoKey>;
}

/** Positive, so that its first bit is clear. */
function makeSerial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}
