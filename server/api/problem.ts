import { errorCodes, type Fault, type Problem, toFault } from '#contract/errors.ts';

/** Any error as a problem document (RFC 9457) with the status of its code. */
export function toProblemResponse(error: unknown, requestId: string): Response {
  const problem = toProblem(toFault(error), requestId);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'x-request-id': requestId, 'cache-control': 'no-store' },
  });
}

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
