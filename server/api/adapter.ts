import { randomUUID } from 'node:crypto';
import { api, type EndpointName } from '#contract/api.ts';
import { type Endpoint, takesKey } from '#contract/endpoints/endpoint.ts';
import { GuestboardError } from '#contract/errors.ts';
import { type Actor, explainDenial, may } from '#contract/may.ts';
import { checkOrigin } from '../identity/origin.ts';
import type { KeyClaim } from '../store/idempotency.ts';
import { type Scope, toScope } from '../store/scope.ts';
import type { Store } from '../store/store.ts';
import { findAddressed } from './addressed.ts';
import type { Call, Handler } from './call.ts';
import { answerAgain, answerOnce, toIdempotentRequest } from './idempotent.ts';
import { toProblemResponse } from './problem.ts';
import { readBody, readPath, readQuery } from './read-request.ts';

export type AdapterParts = {
  store: Store;
  authenticate(headers: Headers): Promise<Actor | null>;
  trustedOrigins: ReadonlySet<string>;
  /** Told of faults of our own, with the request's id. */
  onFault(error: unknown, requestId: string): void;
};

const nobody: Scope = { everything: false, projectIds: [] };

/** JSON as text, for the shortest way to the socket, or a whole Response. */
export type Answer = { status: number; body: string | null } | Response;

/** The one way from a request to a handler and back: origin, who asks, about what, may(), input, idempotency, answer or problem. */
export function serveEndpoint<N extends EndpointName>(parts: AdapterParts, name: N, handler: Handler<N>) {
  const endpoint: Endpoint = api[name];
  const { store } = parts;

  /** Answers to repeated requests outlive what those were about. */
  const find = (scope: Scope, parts: Parameters<typeof findAddressed>[3]) =>
    findAddressed(store, scope, endpoint.scope, parts).then(
      (addressed) => ({ addressed }),
      (gone: unknown) => ({ gone }),
    );

  async function serve(request: Request): Promise<Answer> {
    const { headers, method } = request;
    if (method !== 'GET') checkOrigin(headers, parts.trustedOrigins);
    const actor = await parts.authenticate(headers);
    if (endpoint.action !== null && actor === null) throw new GuestboardError('not-signed-in', 'Sign in, or send an API token.');
    const url = new URL(request.url);
    const scope = actor ? toScope(actor) : nobody;
    const path = readPath(endpoint.path, url.pathname);
    // The body names the project only for these; for all others nothing is read before the asker may ask.
    const early = endpoint.scope === 'body-project' ? await readBody(endpoint.body, request) : null;
    const toOnce = (text: string) => (takesKey(endpoint) && actor ? toIdempotentRequest(request, actor.accountId, name, text) : null);
    const found = await find(scope, { path, body: early?.body });
    if ('gone' in found) {
      const { gone } = found;
      if (!headers.has('idempotency-key')) throw gone;
      const { text } = early ?? (await readBody(endpoint.body, request));
      return answerAgain(store, scope, { request: toOnce(text), status: endpoint.status, gone });
    }
    const { addressed } = found;
    if (endpoint.action !== null && !may(actor, endpoint.action, addressed))
      throw new GuestboardError('not-allowed', explainDenial(actor, endpoint.action, addressed) ?? 'This is not allowed.');
    const query = endpoint.query ? readQuery(endpoint.query, url.searchParams) : undefined;
    const { text, body } = early ?? (method === 'GET' ? { text: '', body: undefined } : await readBody(endpoint.body, request));
    const toCall = (claim: KeyClaim | null) => ({ actor, scope, path, query, body, addressed, request, claim }) as unknown as Call<N>;
    const isDryRun = typeof body === 'object' && body !== null && 'dryRun' in body && body.dryRun === true;
    const once = isDryRun ? null : toOnce(text);
    if (once !== null) return answerOnce(store, once, endpoint.status, (claim) => handler(toCall(claim)));
    const output = await handler(toCall(null));
    if (output instanceof Response) return output;
    if (endpoint.status === 204) return { status: 204, body: null };
    return { status: isDryRun ? 200 : endpoint.status, body: JSON.stringify(output) };
  }

  return async (request: Request): Promise<Answer> => {
    const requestId = randomUUID();
    try {
      return await serve(request);
    } catch (error) {
      const problem = toProblemResponse(error, requestId);
      if (problem.status >= 500) parts.onFault(error, requestId);
      return problem;
    }
  };
}
