import { expect, test } from 'vitest';
import { emptyDraft, readChanged, readNew, toDraft } from './target-draft.ts';

const s3 = { kind: 's3' as const, endpoint: ' https://s3.example.org ', region: 'r', bucket: 'backups', accessKeyId: 'key' };

test('an S3 address is read from its fields alone', () => {
  expect(readNew({ ...emptyDraft, ...s3, password: 'secret', container: 'left over' }).address).toEqual({
    ...s3,
    endpoint: 'https://s3.example.org',
    prefix: '',
    password: 'secret',
    caPem: null,
  });
});

test('a Swift address asks for a project only where Keystone does, and for no region', () => {
  const swift = {
    ...emptyDraft,
    kind: 'swift' as const,
    authUrl: 'http://swift.example.org/auth/v1.0',
    container: 'c',
    user: 'a:b',
    password: 'x',
  };
  expect(readNew({ ...swift, version: 'v1' }).address).toMatchObject({ auth: { version: 'v1' }, region: null });
  expect(readNew(swift).faults).toEqual({ project: 'Enter the project’s name.' });
  expect(readNew({ ...swift, project: 'p' }).address).toMatchObject({ auth: { version: 'v3', project: 'p', userDomain: 'Default' } });
});

test('what is missing is said at its field', () => {
  const { address, faults } = readNew({ ...emptyDraft, endpoint: 'ftp://x', prefix: '/from/root' });
  expect(address).toBeNull();
  expect(Object.keys(faults).sort()).toEqual(['accessKeyId', 'bucket', 'endpoint', 'password', 'prefix', 'region']);
  const [key, certificate] = ['PRIVATE KEY', 'CERTIFICATE'].map((what) => `-----BEGIN ${what}-----\nMIIB\n-----END ${what}-----\n`);
  for (const caPem of ['not one', key, `${certificate}${key}`])
    expect(readNew({ ...emptyDraft, ...s3, password: 'x', caPem: caPem ?? '' }).faults).toEqual({
      caPem: expect.stringMatching(/no private key/),
    });
  expect(readNew({ ...emptyDraft, ...s3, password: 'x', caPem: certificate ?? '' }).faults).toEqual({});
  expect(Object.keys(readNew({ ...emptyDraft, ...s3, bucket: '../x', password: 'x' }).faults)).toEqual(['bucket']);
});

test('a changed address without a secret keeps the stored one, and shows what is stored', () => {
  const stored = { ...s3, endpoint: 'https://s3.example.org', prefix: 'a', caPem: null };
  const draft = toDraft({ address: stored });
  expect(readChanged(draft).address).toEqual(stored);
  expect(readChanged({ ...draft, password: 'new' }).address).toEqual({ ...stored, password: 'new' });
});
