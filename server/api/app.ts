import { Hono } from 'hono';
import { api, type EndpointName } from '#contract/api.ts';
import { GuestboardError } from '#contract/errors.ts';
import { checkOrigin } from '../identity/origin.ts';
import { type AdapterParts, serveEndpoint } from './adapter.ts';
import type { ApiParts, Handler } from './call.ts';
import { createHandlers } from './handlers.ts';
import { createOpenApi } from './openapi.ts';
import { toProblemResponse } from './problem.ts';
import { renderReference } from './reference.ts';

export type ApiOptions = ApiParts & AdapterParts & { handleSignIn(request: Request): Promise<Response>; version: string };

/** Everything under /api. */
export function createApi(options: ApiOptions): Hono {
  const app = new Hono();
  const handlers = createHandlers(options);
  for (const name of Object.keys(api) as EndpointName[]) {
    const serve = serveEndpoint(options, name, handlers[name] as Handler<EndpointName>);
    app.on(api[name].method, api[name].path.replaceAll(/\{(\w+)\}/g, ':$1'), (context) => serve(context.req.raw));
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
  const reference = renderReference(JSON.parse(document));
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
