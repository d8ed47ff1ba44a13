import { createHash } from 'node:crypto';
import { GuestboardError } from '#contract/errors.ts';
import type { IdempotentRequest, KeptAnswer } from '../store/idempotency.ts';
import type { Store } from '../store/store.ts';

const waitMs = 15_000;

/** Runs `answer` once per key: the same key gives the same answer for 24 hours, concurrent ones wait for it. A request that failed started nothing and may be sent again. */
export async function answerOnce(store: Store, request: IdempotentRequest, answer: () => Promise<KeptAnswer>): Promise<KeptAnswer> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const kept = await store.idempotency.claim(request);
    if (kept === null) break;
    if (kept !== 'pending') return kept;
    if (performance.now() > deadline)
      throw new GuestboardError('conflict', 'A request with this Idempotency-Key is still being answered. Ask again in a moment.');
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  try {
    const fresh = await answer();
    await store.idempotency.keep(request, fresh);
    return fresh;
  } catch (error) {
    await store.idempotency.release(request);
    throw error;
  }
}

/** Null when the request carries no key. Throws `invalid-input` for an unusable one. */
export function toIdempotentRequest(request: Request, accountId: string, endpoint: string, text: string): IdempotentRequest | null {
  const key = request.headers.get('idempotency-key');
  if (key === null) return null;
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new GuestboardError('invalid-input', 'An Idempotency-Key has 1–200 visible ASCII characters.', { field: 'Idempotency-Key' });
  const requestHash = createHash('sha256').update(new URL(request.url).pathname).update('\0').update(text).digest('base64url');
  return { accountId, key, endpoint, requestHash };
}
