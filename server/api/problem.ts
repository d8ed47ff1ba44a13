import { errorCodes, type Fault, GuestboardError, type Problem, toFault } from '#contract/errors.ts';
import { isOutage } from '../store/outage.ts';

/** Any error as a problem document (RFC 9457) with the status of its code. */
export function toProblemResponse(error: unknown, requestId: string): Response {
  const problem = toProblem(toFault(isOutage(error) ? storeAway : error), requestId);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'x-request-id': requestId, 'cache-control': 'no-store' },
  });
}

const storeAway = new GuestboardError(
  'store-away',
  'Guestboard’s own database does not answer. The guests run on. Try again in a few seconds.',
);

/** A fault of our own keeps its words in the log: they may name what is nobody's business. */
export function toProblem({ code, sentence, field, detail }: Fault, requestId?: string): Problem {
  return {
    type: `urn:guestboard:problem:${code}`,
    status: errorCodes[code],
    title: sentence,
    code,
    ...(detail === undefined || code === 'internal' ? {} : { detail }),
    ...(field === undefined ? {} : { field }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
