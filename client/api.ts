import type { EndpointBodyInput, EndpointName, EndpointOutput, EndpointPath, EndpointQueryInput } from '#contract/api.ts';
import type { Problem } from '#contract/errors.ts';
import { routes } from '#contract/routes.ts';
import { newKey } from './new-key.ts';
import { ApiProblem } from './problem.ts';

type Needed<K extends string, T> = [T] extends [undefined] ? { [P in K]?: undefined } : { [P in K]: T };
type Given<K extends string, T> = [T] extends [undefined] ? { [P in K]?: undefined } : { [P in K]?: T };
type PathOf<N extends EndpointName> = [keyof EndpointPath<N>] extends [never] ? undefined : EndpointPath<N>;

export type RequestOptions<N extends EndpointName> = Needed<'path', PathOf<N>> &
  Given<'query', EndpointQueryInput<N>> &
  Needed<'body', EndpointBodyInput<N>> & { idempotencyKey?: string; signal?: AbortSignal };

/** Calls an endpoint of the contract by name. Answers its output; throws ApiProblem, also when no answer comes. */
export async function request<N extends EndpointName>(
  name: N,
  ...[options]: Record<never, never> extends RequestOptions<N> ? [RequestOptions<N>?] : [RequestOptions<N>]
): Promise<EndpointOutput<N>> {
  const route: { method: string; idempotent?: true } = routes[name];
  const { path, query, body, idempotencyKey, signal } = (options ?? {}) as LooseOptions;
  const url = endpointUrl(name, path, query);
  const response = await send(url, {
    method: route.method,
    headers: {
      accept: 'application/json, application/problem+json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(route.idempotent ? { 'idempotency-key': idempotencyKey ?? newKey() } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(route.method === 'GET' ? { signal: withDeadline(signal) } : signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw await readProblem(response);
  return (await readBody(response)) as EndpointOutput<N>;
}

type LooseOptions = {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal;
};

/** Where an endpoint lives, for links and for "copy as REST". */
export function endpointUrl(name: EndpointName, path: Record<string, string> = {}, query: Record<string, unknown> = {}): string {
  const filled = routes[name].path.replace(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(path[part] ?? ''));
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(key, String(value));
  }
  return parameters.size === 0 ? filled : `${filled}?${parameters}`;
}

/** A fetch that fails with a sentence; also for the sign-in calls, which are not of our contract. */
export async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      const title = `The control plane has not answered for ${readDeadlineMs / 1000} s.`;
      throw new ApiProblem({ code: 'deadline-passed', status: 504, title });
    }
    // The browser's own words ("Failed to fetch") name neither cause nor remedy.
    throw new ApiProblem({ code: 'unreachable', title: 'The control plane does not answer.' });
  }
}

/** Longer than any guest is waited for. What is asked for to be shown ends by then; what changes something is never cut off. */
const readDeadlineMs = 30_000;

function withDeadline(signal: AbortSignal | undefined): AbortSignal {
  const deadline = AbortSignal.timeout(readDeadlineMs);
  return signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
}

async function readBody(response: Response): Promise<unknown> {
  if (response.status === 204) return {};
  return isJson(response) ? response.json() : response.text();
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const problem = isJson(response) ? ((await response.json().catch(() => null)) as Problem | null) : null;
  if (problem !== null && typeof problem.title === 'string' && typeof problem.code === 'string') return new ApiProblem(problem);
  return new ApiProblem({
    code: response.status === 401 ? 'not-signed-in' : response.status === 404 ? 'not-found' : 'internal',
    status: response.status,
    title: `The control plane answered ${response.status} without saying why.`,
  });
}

function isJson(response: Response): boolean {
  return (response.headers.get('content-type') ?? '').includes('json');
}
