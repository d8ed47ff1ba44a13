import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { GuestboardError } from '#contract/errors.ts';
import { toWords } from '../storage-failure.ts';
import { type Exchange, exchange } from './exchange.ts';
import { readText, toObjectStream } from './read-body.ts';

/** `text` is the whole answer, or '' where `stream` carries it: only a success that was asked for as a stream. */
export type Answer = { status: number; headers: IncomingHttpHeaders; text: string; stream: Readable | null };

export type Call = Pick<Exchange, 'method' | 'url' | 'body' | 'signal'> & {
  /** Made anew for every attempt, since a signature carries its time. */
  headers: () => Readonly<Record<string, string>>;
  asStream?: boolean | undefined;
  /** For what a server works on in silence. */
  idleTimeoutMs?: number | undefined;
};

/** How patient a driver is; tests are less so. */
export type Patience = { attempts: number; firstPauseMs: number; idleTimeoutMs: number };
const usual: Patience = { attempts: 5, firstPauseMs: 300, idleTimeoutMs: 30_000 };

const worthRepeating = new Set([408, 425, 429, 500, 502, 503, 504]);
const slowestBytesPerMs = 32;

/**
 * Requests that may be repeated, over kept connections. A server that is busy or gone for a moment is asked again a few times;
 * then its last answer is given, or `storage-error` where there was none. Nothing waits for ever.
 */
export function createHttpClient({ caPem, patience = usual }: { caPem: string | null; patience?: Patience | undefined }) {
  const kept = { keepAlive: true, maxSockets: 16 };
  const plain = new http.Agent(kept);
  const secure = new https.Agent({ ...kept, ...(caPem === null ? {} : { ca: [...rootCertificates, caPem] }) });

  const attempt = async ({ headers, asStream, ...call }: Call): Promise<Answer> => {
    const idleTimeoutMs = call.idleTimeoutMs ?? patience.idleTimeoutMs;
    const deadlineMs = 4 * idleTimeoutMs + Math.ceil((call.body?.length ?? 0) / slowestBytesPerMs);
    const agent = call.url.protocol === 'https:' ? secure : plain;
    const message = await exchange({ ...call, headers: headers(), agent, idleTimeoutMs, deadlineMs });
    const status = message.statusCode ?? 0;
    if (asStream === true && status >= 200 && status < 300)
      return { status, headers: message.headers, text: '', stream: toObjectStream(message, idleTimeoutMs) };
    return { status, headers: message.headers, text: await readText(message, idleTimeoutMs), stream: null };
  };

  return async function call(request: Call): Promise<Answer> {
    for (let made = 1; ; made += 1) {
      const last = made >= patience.attempts;
      try {
        const answer = await attempt(request);
        if (last || !worthRepeating.has(answer.status)) return answer;
      } catch (error) {
        request.signal?.throwIfAborted();
        if (last || isDistrust(error)) throw toNetworkError(error, request.url);
      }
      const pauseMs = patience.firstPauseMs * 2 ** (made - 1) * (0.75 + Math.random() / 2);
      await sleep(pauseMs, undefined, request.signal ? { signal: request.signal } : {});
    }
  };
}

export type HttpClient = ReturnType<typeof createHttpClient>;

function toNetworkError(error: unknown, url: URL): GuestboardError {
  const sentence = isDistrust(error)
    ? `The certificate of ${url.origin} is not trusted. Give the certificate of its authority, or let the storage have one for this name.`
    : isOutOfReach(error)
      ? `The backup storage at ${url.origin} cannot be reached. See that its address is right, that it runs and that nothing on the way blocks it.`
      : `The backup storage at ${url.origin} does not answer as it should. See whether it runs and how loaded it is.`;
  return new GuestboardError('storage-error', sentence, { detail: toWords(error), cause: error });
}

function isOutOfReach(error: unknown): boolean {
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(toCode(error));
}

/** What repeating does not mend. */
function isDistrust(error: unknown): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(toCode(error));
}

function toCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
