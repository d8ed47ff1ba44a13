import {
  api,
  type EndpointBodyInput,
  type EndpointName,
  type EndpointOutput,
  type EndpointPath,
  type EndpointQueryInput,
} from '#contract/api.ts';
import type { Endpoint } from '#contract/endpoints/endpoint.ts';

type Options<N extends EndpointName> = {
  path?: EndpointPath<N>;
  query?: EndpointQueryInput<N>;
  body?: EndpointBodyInput<N>;
};

/** Calls an endpoint of the contract by name. Throws RestError for every answer but success. */
export type Rest = <N extends EndpointName>(name: N, options?: Options<N>) => Promise<EndpointOutput<N>>;

export class RestError extends Error {
  readonly status: number;
  constructor(status: number, words: string) {
    super(words);
    this.status = status;
  }
}

/** `headers` say who asks: a session's cookie, or a token. */
export function createRest(url: string, headers: Record<string, string>): Rest {
  return async (name, options = {}) => {
    const endpoint: Endpoint = api[name];
    const path = endpoint.path.replace(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(asRecord(options.path)[part] ?? ''));
    const query = new URLSearchParams(Object.entries(asRecord(options.query)).map(([key, value]) => [key, String(value)]));
    const answer = await fetch(`${url}${path}${query.size === 0 ? '' : `?${query}`}`, {
      method: endpoint.method,
      headers: {
        origin: url,
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(endpoint.idempotent ? { 'idempotency-key': crypto.randomUUID() } : {}),
        ...headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new RestError(answer.status, `${endpoint.method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
    return (answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as EndpointOutput<typeof name>;
  };
}

/** Signs in as a person does; answers the cookie header of the session. */
export async function signInForCookie(url: string, username: string, password: string): Promise<string> {
  const answer = await fetch(`${url}/api/auth/sign-in/username`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ username, password }),
  });
  if (!answer.ok) throw new RestError(answer.status, `sign-in of ${username}: ${answer.status} ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

function asRecord(value: unknown): Record<string, string> {
  return (value ?? {}) as Record<string, string>;
}
