import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { api, type EndpointName } from '#contract/api.ts';
import { GuestboardError } from '#contract/errors.ts';
import { checkOrigin } from '../identity/origin.ts';
import { type AdapterParts, type Answer, serveEndpoint } from './adapter.ts';
import type { ApiParts, Handler } from './call.ts';
import { createHandlers } from './handlers.ts';
import { createOpenApi } from './openapi.ts';
import { toProblemResponse } from './problem.ts';
import { renderReference } from './reference.ts';

export type ApiOptions = ApiParts & AdapterParts & { handleSignIn(request: Request): Promise<Response>; version: string };

const pack = promisify(gzip);
/** A thousand instances are a megabyte, packed a twentieth of it; smaller answers are not worth the server's time. */
const worthPackingBytes = 32_768;

type Environment = { Bindings: HttpBindings };

/** Everything under /api. */
export function createApi(options: ApiOptions): Hono<Environment> {
  const app = new Hono<Environment>();
  const handlers = createHandlers(options);
  for (const name of Object.keys(api) as EndpointName[]) {
    const serve = serveEndpoint(options, name, handlers[name] as Handler<EndpointName>);
    app.on(api[name].method, api[name].path.replaceAll(/\{(\w+)\}/g, ':$1'), async (context) =>
      send(context, await serve(context.req.raw)),
    );
  }

  app.all('/api/auth/*', async ({ req }) => {
    try {
      if (req.method !== 'GET') checkOrigin(req.raw.headers, options.trustedOrigins);
      return await options.handleSignIn(req.raw);
    } catch (error) {
      return toProblemResponse(error, 'sign-in');
    }
  });

  const document = JSON.stringify(createOpenApi(options.version));
  app.get('/api/openapi.json', () => new Response(document, { headers: { 'content-type': 'application/json' } }));
  const reference = renderReference(JSON.parse(document), options.publicUrl);
  app.get(
    '/api/reference',
    () =>
      new Response(reference, {
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
        },
      }),
  );

  app.notFound(() => toProblemResponse(new GuestboardError('not-found', 'There is no such address here. See /api/reference.'), 'routing'));
  app.onError((error) => toProblemResponse(error, 'routing'));
  return app;
}

/** Straight to the socket: a Response around every answer would cost as much as the answer. */
async function send(context: Context<Environment>, answer: Answer): Promise<Response> {
  if (answer instanceof Response) return answer;
  const { incoming, outgoing } = context.env;
  const { status, body } = answer;
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', vary: 'accept-encoding' };
  if (body === null) outgoing.writeHead(status, { 'cache-control': 'no-store' }).end();
  else if (body.length >= worthPackingBytes && /\bgzip\b/.test(String(incoming.headers['accept-encoding']))) {
    const packed = await pack(body, { level: 1 });
    outgoing.writeHead(status, { ...headers, 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed);
  } else outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  return RESPONSE_ALREADY_SENT;
}
