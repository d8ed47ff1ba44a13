import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  | 'none'
  /** Answers this status with S3's kind of error in its body. */
  | { status: number }
  /** Cuts the connection when so many bytes of the request's body have come. */
  | { cutRequestAfter: number }
  /** Cuts the connection when so many bytes of the answer's body have gone. */
  | { cutAnswerAfter: number }
  /** Takes the request and never answers. */
  | 'stall'
  /** Hands on the request and never gives its answer. */
  | 'lose-answer'
  /** Hands on the request under a token nobody knows. */
  | 'expire-token';

/** A server in front of the real one, which does to each request what the test says. The host stays as signed. */
export async function startFaultProxy(target: string) {
  const seen: string[] = [];
  let choose: (request: IncomingMessage) => Fault = () => 'none';
  const upstream = new URL(target);
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    const fault = choose(request);
    seen.push(`${request.method} ${request.url}`);
    if (fault === 'stall') return void request.resume();
    if (typeof fault === 'object' && 'status' in fault) {
      request.resume();
      return void request.once('end', () => response.writeHead(fault.status).end('<Error><Code>SlowDown</Code></Error>'));
    }
    const headers = { ...request.headers, ...(fault === 'expire-token' ? { 'x-auth-token': 'AUTH_tk_expired' } : {}) };
    delete headers.expect;
    const forward = http.request({
      host: upstream.hostname,
      port: upstream.port,
      method: request.method,
      path: request.url,
      headers,
      agent,
    });
    forward.on('error', () => response.destroy());
    request.on('error', () => forward.destroy());
    request.on('aborted', () => forward.destroy());
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (typeof fault !== 'object' || !('cutRequestAfter' in fault) || received < fault.cutRequestAfter) return;
      request.socket.destroy();
      forward.destroy();
    });
    request.pipe(forward);
    forward.on('response', (answer) => {
      if (fault === 'lose-answer') {
        answer.resume();
        return void request.socket.destroy();
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      let sent = 0;
      answer.on('data', (chunk: Buffer) => {
        sent += chunk.length;
        if (typeof fault === 'object' && 'cutAnswerAfter' in fault && sent >= fault.cutAnswerAfter) request.socket.destroy();
      });
      answer.pipe(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    /** From now on; `seen` begins anew. */
    inject(chosen: (request: IncomingMessage) => Fault) {
      seen.length = 0;
      choose = chosen;
    },
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type FaultProxy = Awaited<ReturnType<typeof startFaultProxy>>;

/** The first so many requests that fit get the fault, all others none. */
export function first(
  times: number,
  fault: Fault,
  fits: (request: IncomingMessage) => boolean = () => true,
): (request: IncomingMessage) => Fault {
  let left = times;
  return (request) => {
    if (left === 0 || !fits(request)) return 'none';
    left -= 1;
    return fault;
  };
}
