import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';

export type Exchange = {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  url: URL;
  headers: Readonly<Record<string, string>>;
  body?: Buffer | undefined;
  agent: http.Agent;
  signal?: AbortSignal | undefined;
  /** So long nothing may move in either direction, and so long all may take until the answer begins. */
  idleTimeoutMs: number;
  deadlineMs: number;
};

const sliceBytes = 256 * 1024;
const asksFirstBytes = 1024 * 1024;
const answersAskingMs = 1500;

/**
 * One request over one connection, until its answer begins; rejects with what the network said.
 * A large body asks first (100-continue): a server that refuses says why instead of cutting off what nobody reads.
 */
export function exchange({ method, url, headers, body, agent, signal, idleTimeoutMs, deadlineMs }: Exchange): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asksFirst = body !== undefined && body.length >= asksFirstBytes;
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method,
      agent,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(body.length) }),
        ...(asksFirst ? { expect: '100-continue' } : {}),
      },
    });
    const give = (sentence: string) => () => request.destroy(new Error(sentence));
    const idle = setTimeout(give(`nothing moved for ${idleTimeoutMs / 1000} s`), idleTimeoutMs);
    const deadline = setTimeout(give(`no answer within ${deadlineMs / 1000} s`), deadlineMs);
    const cancel = () => request.destroy(new Error('cancelled'));
    const settle = () => {
      for (const timer of [idle, deadline, asking]) clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    };
    signal?.addEventListener('abort', cancel, { once: true });

    let written = 0;
    let stopped = false;
    const write = () => {
      if (stopped) return;
      idle.refresh();
      while (body !== undefined && written < body.length) {
        const slice = body.subarray(written, written + sliceBytes);
        written += slice.length;
        if (!request.write(slice)) return void request.once('drain', write);
      }
      stopped = true;
      request.end();
    };
    const begin = () => {
      clearTimeout(asking);
      if (written === 0) write();
    };
    let asking: NodeJS.Timeout | undefined;
    request.once('response', (message) => {
      const complete = stopped;
      stopped = true;
      settle();
      // A server that answers before it has read everything is done with this connection.
      if (!complete) message.once('close', () => request.destroy());
      resolve(message);
    });
    request.once('error', (error) => {
      stopped = true;
      settle();
      reject(error);
    });
    request.once('close', () => {
      settle();
      reject(new Error('the connection was closed'));
    });
    if (signal?.aborted) return cancel();
    if (!asksFirst) return write();
    request.once('continue', begin);
    asking = setTimeout(begin, answersAskingMs);
  });
}
