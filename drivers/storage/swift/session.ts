import { GuestboardError } from '#contract/errors.ts';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import type { Answer, Call, HttpClient } from '../http/client.ts';
import { writeStatus } from '../http/status-text.ts';
import { readJson } from './failures.ts';

export type SwiftAddress = Extract<StorageAddress, { kind: 'swift' }>;

type Access = { storageUrl: string; token: string };

/**
 * Requests under a token that is renewed whenever the server no longer takes it: a backup may last longer than any token.
 * `path` begins behind the account's address.
 */
export function createSwiftSession(address: SwiftAddress, call: HttpClient) {
  let access: Promise<Access> | null = null;

  const open = (): Promise<Access> => {
    const opening = signIn(address, call);
    access = opening;
    // A failure is not kept: the next request tries again.
    opening.catch(() => {
      if (access === opening) access = null;
    });
    return opening;
  };

  return async function request({ path, headers = {}, ...rest }: SwiftCall): Promise<Answer> {
    for (let renewed = false; ; renewed = true) {
      const used = access ?? open();
      const { storageUrl, token } = await used;
      const url = new URL(`${storageUrl}${path}`);
      const answer = await call({ ...rest, url, headers: () => ({ ...headers, 'X-Auth-Token': token }) });
      if (answer.status !== 401 || renewed) return answer;
      if (access === used) access = null;
    }
  };
}

export type SwiftSession = ReturnType<typeof createSwiftSession>;

export type SwiftCall = Pick<Call, 'method' | 'body' | 'signal' | 'asStream' | 'idleTimeoutMs'> & {
  path: string;
  headers?: Readonly<Record<string, string>>;
};

async function signIn(address: SwiftAddress, call: HttpClient): Promise<Access> {
  const { password } = address;
  if (typeof password !== 'string') throw new GuestboardError('internal', 'The secret of a storage address was not unsealed.');
  const signedIn =
    address.auth.version === 'v1' ? await signInV1(address, password, call) : await signInV3(address, address.auth, password, call);
  return { ...signedIn, storageUrl: signedIn.storageUrl.replace(/\/+$/, '') };
}

async function signInV1({ authUrl, user }: SwiftAddress, password: string, call: HttpClient): Promise<Access> {
  const headers = { 'X-Auth-User': user, 'X-Auth-Key': password };
  const answer = await call({ method: 'GET', url: new URL(authUrl), headers: () => headers });
  if (answer.status >= 300) throw toSignInFailure(answer, authUrl);
  const token = answer.headers['x-auth-token'];
  const storageUrl = answer.headers['x-storage-url'];
  if (typeof token !== 'string' || typeof storageUrl !== 'string') throw notASignIn(authUrl);
  return { token, storageUrl };
}

type KeystoneAuth = Extract<SwiftAddress['auth'], { version: 'v3' }>;

async function signInV3({ authUrl, user, region }: SwiftAddress, auth: KeystoneAuth, password: string, call: HttpClient): Promise<Access> {
  const base = authUrl.replace(/\/+$/, '');
  const url = new URL(`${base.endsWith('/v3') ? base : `${base}/v3`}/auth/tokens`);
  const identity = { methods: ['password'], password: { user: { name: user, domain: { name: auth.userDomain }, password } } };
  const scope = { project: { name: auth.project, domain: { name: auth.projectDomain } } };
  const body = Buffer.from(JSON.stringify({ auth: { identity, scope } }));
  const answer = await call({
    method: 'POST',
    url,
    body,
    headers: () => ({ 'Content-Type': 'application/json', Accept: 'application/json' }),
  });
  if (answer.status >= 300) throw toSignInFailure(answer, authUrl);
  const token = answer.headers['x-subject-token'];
  if (typeof token !== 'string') throw notASignIn(authUrl);
  return { token, storageUrl: findStorageUrl(answer.text, region) };
}

type Catalog = { type: string; endpoints: { interface: string; region?: string; region_id?: string; url: string }[] }[];

function findStorageUrl(text: string, region: string | null): string {
  const catalog = (readJson(text) as { token?: { catalog?: Catalog } }).token?.catalog ?? [];
  const endpoints = catalog.filter(({ type }) => type === 'object-store').flatMap((service) => service.endpoints);
  const found = endpoints.find(
    (endpoint) => endpoint.interface === 'public' && (region === null || region === (endpoint.region_id ?? endpoint.region)),
  );
  if (found) return found.url;
  const where = region === null ? '' : ` in the region “${region}”`;
  throw new GuestboardError('storage-error', `This cloud names no object storage${where} for this project.`, {
    detail: catalog.map(({ type }) => type).join(', '),
  });
}

function toSignInFailure({ status }: Answer, authUrl: string): GuestboardError {
  const refused = status === 401 || status === 403;
  const sentence = refused ? `${authUrl} does not accept the user and its password.` : `Signing in at ${authUrl} did not work.`;
  return new GuestboardError('storage-error', sentence, { detail: writeStatus(status) });
}

function notASignIn(authUrl: string): GuestboardError {
  return new GuestboardError('storage-error', `${authUrl} answers, but not as a place to sign in to Swift.`);
}
