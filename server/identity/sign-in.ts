import { GuestboardError } from '#contract/errors.ts';
import type { Actor } from '#contract/may.ts';
import type { Store } from '../store/store.ts';
import type { Auth } from './auth.ts';
import type { createSignInLimit } from './sign-in-limit.ts';

/** The library's routes that a page needs. Its others would change projects, people and tokens past our rules, so they do not exist here. */
const open: Readonly<Record<string, 'POST'>> = {
  '/api/auth/sign-in/username': 'POST',
  '/api/auth/sign-out': 'POST',
  '/api/auth/change-password': 'POST',
};

export type SignInOptions = {
  store: Store;
  auth: Auth;
  limit: ReturnType<typeof createSignInLimit>;
  authenticate: (headers: Headers) => Promise<Actor | null>;
};

/** Answers /api/auth/*. The caller has put the client's address into x-real-ip. Throws GuestboardError where a rule of ours refuses. */
export function createSignIn({ store, auth, limit, authenticate }: SignInOptions) {
  async function signIn(request: Request): Promise<Response> {
    const address = request.headers.get('x-real-ip') ?? 'unknown';
    const body: unknown = await request
      .clone()
      .json()
      .catch(() => null);
    const username = typeof body === 'object' && body !== null && 'username' in body ? String(body.username) : '';
    await limit.begin(address, username);
    const answer = await auth.handler(request);
    if (!answer.ok) return answer;
    await limit.succeeded(address, username);
    // The library repeats the session's token in the body, where a script could read it; the cookie alone shall carry it.
    const headers = new Headers({ 'content-type': 'application/json' });
    for (const cookie of answer.headers.getSetCookie()) headers.append('set-cookie', cookie);
    return new Response('{}', { status: answer.status, headers });
  }

  return async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (open[pathname] !== request.method) throw new GuestboardError('not-found', 'There is no such address here. See /api/reference.');
    if (pathname === '/api/auth/sign-in/username') return signIn(request);
    const actor = await authenticate(request.headers);
    const answer = await auth.handler(request);
    // Signing out or changing a password ends sessions: pages open under them hear of it on every replica.
    if (answer.ok && actor) await store.accounts.announceAccess(actor.accountId);
    return answer;
  };
}
