import type { Actor } from '#contract/may.ts';
import type { ChangeTail } from '../store/changes.ts';
import type { Store } from '../store/store.ts';
import { type Auth, tokenPrefix } from './auth.ts';

export type Credential = { kind: 'token'; value: string } | { kind: 'cookie'; value: string };
type Known = { actor: Actor | null; accountId: string | null; untilMs: number };

const cachedForMs = 5000;
const cookieName = /(?:^|;\s*)(?:__Secure-)?guestboard\.session_token=([^;]+)/;

/** Which credential a request carries. A token wins over a cookie, since whoever sends one means it. */
export function findCredential(headers: Headers): Credential | null {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? headers.get('x-api-key');
  if (bearer) return { kind: 'token', value: bearer };
  const cookie = cookieName.exec(headers.get('cookie') ?? '')?.[1];
  return cookie ? { kind: 'cookie', value: cookie } : null;
}

/**
 * Who a credential stands for, remembered for at most five seconds and forgotten at once when the account's rights change:
 * at our own commits before the answer goes out, at another replica's when its announcement arrives.
 */
export function createActors(store: Store, auth: Auth, tail: ChangeTail) {
  const known = new Map<string, Known>();
  /** Raised at every forgetting: what was being looked up meanwhile is not remembered. */
  let forgettings = 0;

  function forget(accountId: string | null) {
    forgettings++;
    for (const [value, entry] of known) if (accountId === null || entry.accountId === accountId) known.delete(value);
  }

  store.changes.onLocalCommit((change) => change.kind === 'access' && forget(change.resource));
  tail.subscribe({ onChange: (change) => change.kind === 'access' && forget(change.resource), onResync: () => forget(null) });

  async function look({ kind, value }: Credential): Promise<Known> {
    const holder = kind === 'token' ? await findTokenHolder(value) : await findSessionHolder(value);
    // The library takes a database that is away for a credential that is not there: asking once more ourselves throws then.
    if (!holder) await store.database.pool.query('select 1');
    const actor = holder && (await store.accounts.findActor(holder.accountId, holder.tokenId));
    return { actor, accountId: holder?.accountId ?? null, untilMs: performance.now() + cachedForMs };
  }

  async function findTokenHolder(value: string) {
    if (!value.startsWith(tokenPrefix) || value.length > 200) return null;
    const { valid, key } = await auth.api.verifyApiKey({ body: { key: value } });
    return valid && key ? { accountId: key.referenceId, tokenId: key.id } : null;
  }

  async function findSessionHolder(value: string) {
    const names = ['guestboard.session_token', '__Secure-guestboard.session_token'];
    const headers = new Headers({ cookie: names.map((name) => `${name}=${value}`).join('; ') });
    const session = await auth.api.getSession({ headers, query: { disableCookieCache: true } });
    return session && { accountId: session.user.id, tokenId: null };
  }

  return {
    authenticate: async (headers: Headers): Promise<Actor | null> => {
      const credential = findCredential(headers);
      if (credential === null) return null;
      const entry = known.get(credential.value);
      if (entry && entry.untilMs > performance.now()) return entry.actor;
      const before = forgettings;
      const fresh = await look(credential);
      if (known.size > 10_000) known.clear();
      // A wrong credential is not remembered: guesses would only fill the memory.
      if (before === forgettings && fresh.actor !== null) known.set(credential.value, fresh);
      else known.delete(credential.value);
      return fresh.actor;
    },
  };
}
