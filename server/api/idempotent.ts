import { createHash } from 'node:crypto';
import type { EndpointName } from '#contract/api.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { IdempotentRequest, KeptAnswer, KeyClaim } from '../store/idempotency.ts';
import type { Scope } from '../store/scope.ts';
import type { Store } from '../store/store.ts';
import { toStarted } from './started.ts';

const waitMs = 15_000;

/** Those that record what they start; `Call.claim` is theirs to pass on. */
const recording: readonly EndpointName[] = ['createInstance', 'startOperation', 'proveBackup', 'deleteBackup'];

/**
 * Runs `answer` once per key: the same key gives the same answer for 24 hours, concurrent ones wait for it, and one whose server died is
 * answered with the operation it started. A request that failed started nothing and may be sent again.
 */
export async function answerOnce(
  store: Store,
  request: IdempotentRequest,
  status: number,
  run: (claim: KeyClaim) => Promise<unknown>,
): Promise<KeptAnswer> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const claimed = await store.idempotency.claim(request);
    if (claimed.kind === 'kept') return claimed.answer;
    if (claimed.kind === 'ours') return carryOut(store, claimed.claim, status, run);
    if (claimed.kind === 'lost') return keep(store, claimed.claim, status, await toStarted(store, claimed.started));
    if (performance.now() > deadline)
      throw new GuestboardError('conflict', 'A request with this Idempotency-Key is still being answered. Ask again in a moment.');
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

/** What was asked is repeated when what it was about is `gone`, as a backup is once it was deleted: whoever may see what it started is answered as before. */
export async function answerAgain(
  store: Store,
  scope: Scope,
  { request, status, gone }: { request: IdempotentRequest | null; status: number; gone: unknown },
): Promise<KeptAnswer> {
  const started = request && (await store.idempotency.findStarted(request));
  if (request === null || started === null || (await store.operations.find(scope, started.operationId)) === null) throw gone;
  return answerOnce(store, request, status, () => Promise.reject(gone));
}

async function carryOut(store: Store, claim: KeyClaim, status: number, run: (claim: KeyClaim) => Promise<unknown>): Promise<KeptAnswer> {
  const output = await run(claim).catch(async (error: unknown) => {
    await store.idempotency.release(claim);
    throw error;
  });
  if (!claim.records) return keep(store, claim, status, output);
  // Nobody waits for it to be kept: what is lost is made again from what was recorded when it started.
  const answer = toAnswer(status, output);
  store.idempotency.keep(claim, answer).catch(() => {});
  return answer;
}

async function keep(store: Store, claim: KeyClaim, status: number, output: unknown): Promise<KeptAnswer> {
  const answer = toAnswer(status, output);
  await store.idempotency.keep(claim, answer);
  return answer;
}

function toAnswer(status: number, output: unknown): KeptAnswer {
  return { status, body: JSON.stringify(output) };
}

/** Null when the request carries no key. Throws `invalid-input` for an unusable one. */
export function toIdempotentRequest(request: Request, accountId: string, endpoint: EndpointName, text: string): IdempotentRequest | null {
  const key = request.headers.get('idempotency-key');
  if (key === null) return null;
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new GuestboardError('invalid-input', 'An Idempotency-Key has 1–200 visible ASCII characters.', { field: 'Idempotency-Key' });
  const { pathname, search } = new URL(request.url);
  const requestHash = createHash('sha256').update(pathname).update(search).update('\0').update(text).digest('base64url');
  return { accountId, key, endpoint, requestHash, records: recording.includes(endpoint) };
}
