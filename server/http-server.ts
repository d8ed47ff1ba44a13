import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { setClientAddress } from './client-address.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;
export type Doors = {
  /** Everything under /api and the paths for machines. */
  api: Listener;
  /** Every other address is a page's. */
  pages: Listener;
  /** The development server's own sockets; null in production. */
  upgradePages: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | null;
};
export type HttpOptions = { tls: { cert: string; key: string } | null; trustedProxies: readonly string[] };

const mostBodyBytes = 1_000_000;
const machinePaths = /^\/(api(\/|$|\?)|healthz|readyz|metrics)/;

/** Nobody may frame our pages, guess at our types, or learn an address of ours from a link. */
const safetyHeaders = [
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['content-security-policy', "frame-ancestors 'none'"],
  ['referrer-policy', 'same-origin'],
] as const;

/** The one port: API, sockets and pages. Doors open once everything behind them runs; until then it answers 503. */
export function createHttpServer({ tls, trustedProxies }: HttpOptions): { http: Server; open(doors: Doors): void } {
  let doors: Doors | null = null;
  const listener: Listener = (request, response) => {
    setClientAddress(request, trustedProxies);
    for (const [name, value] of safetyHeaders) response.setHeader(name, value);
    if (!doors) {
      response.writeHead(503, { 'retry-after': '1', 'content-type': 'text/plain' }).end('Starting.\n');
    } else if (!machinePaths.test(request.url ?? '')) doors.pages(request, response);
    else if (isTooLarge(request)) refuseBody(response);
    else doors.api(request, response);
  };
  const http = tls ? createSecureServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) }, listener) : createServer(listener);
  http.keepAliveTimeout = 65_000;
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    if (request.url?.startsWith('/socket.io/')) return;
    if (doors?.upgradePages && request.url?.startsWith('/_next/')) doors.upgradePages(request, socket, head);
    else socket.destroy();
  });
  return {
    http,
    open: (opened) => {
      doors = opened;
    },
  };
}

/** A body of unknown length could be endless; nothing of ours needs one. */
function isTooLarge({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > mostBodyBytes;
}

function refuseBody(response: ServerResponse): void {
  const title = 'Send a body of at most 1 MB, with its Content-Length.';
  const problem = { type: 'urn:guestboard:problem:invalid-input', status: 400, title, code: 'invalid-input' };
  response.writeHead(400, { 'content-type': 'application/problem+json', connection: 'close' }).end(JSON.stringify(problem));
}
