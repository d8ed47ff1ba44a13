import { GuestboardError } from '#contract/errors.ts';

/**
 * A write must come from a page of ours. Browsers always name the origin of a write; a program with a token need not. A cookie without
 * an origin is refused: whatever sent it is not a page.
 */
export function checkOrigin(headers: Headers, trustedOrigins: ReadonlySet<string>): void {
  const origin = headers.get('origin');
  if (origin === null ? !headers.has('cookie') || hasToken(headers) : trustedOrigins.has(origin)) return;
  throw new GuestboardError(
    'foreign-origin',
    'This request did not come from a page of this Guestboard. Set GUESTBOARD_PUBLIC_URL to its address.',
  );
}

function hasToken(headers: Headers): boolean {
  return headers.has('x-api-key') || headers.has('authorization');
}
