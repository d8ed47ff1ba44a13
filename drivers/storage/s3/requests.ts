import { createHash } from 'node:crypto';
import aws4 from 'aws4';
import { XMLParser } from 'fast-xml-parser';
import { GuestboardError } from '#contract/errors.ts';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import { type Answer, type Call, createHttpClient, type Patience } from '../http/client.ts';
import { toS3Failure } from './failures.ts';

export type S3Address = Extract<StorageAddress, { kind: 's3' }>;

export type S3Call = Pick<Call, 'method' | 'body' | 'signal' | 'asStream' | 'idleTimeoutMs'> & {
  /** As in the bucket, prefix included; the bucket itself where absent. */
  name?: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
};

/** Signed requests to one bucket in path style. Answers successes only; every refusal is a sentence with the server's words. */
export function createS3Requests(address: S3Address, patience?: Patience) {
  const { password: secretAccessKey, accessKeyId, bucket, region } = address;
  if (typeof secretAccessKey !== 'string') throw new GuestboardError('internal', 'The secret of a storage address was not unsealed.');
  const call = createHttpClient({ caPem: address.caPem, patience });
  const endpoint = new URL(address.endpoint);
  const base = `${endpoint.pathname.replace(/\/+$/, '')}/${bucket}`;

  return async function request({ name, query = {}, headers = {}, ...rest }: S3Call): Promise<Answer> {
    const url = new URL(endpoint.origin);
    url.pathname = name === undefined ? base : `${base}/${name}`;
    url.search = Object.entries(query)
      .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
      .join('&');
    const digest = createHash('sha256')
      .update(rest.body ?? '')
      .digest('hex');
    const signed = () => {
      const { headers: made } = aws4.sign(
        {
          host: url.host,
          method: rest.method,
          path: `${url.pathname}${url.search}`,
          service: 's3',
          region,
          headers: { ...headers, 'X-Amz-Content-Sha256': digest },
        },
        { accessKeyId, secretAccessKey },
      );
      return Object.fromEntries(Object.entries(made ?? {}).map(([key, value]) => [key, String(value)]));
    };
    const answer = await call({ ...rest, url, headers: signed });
    // Completing an upload says 200 first, and in its body perhaps that it failed.
    const failed = answer.status >= 300 || (answer.text.includes('<Error>') && /^\s*(<\?xml[^>]*>)?\s*<Error>/.test(answer.text));
    if (failed) throw toS3Failure(answer, address);
    return answer;
  };
}

export type S3Requests = ReturnType<typeof createS3Requests>;

const lists = new Set(['Contents', 'CommonPrefixes', 'Upload', 'Error']);
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => lists.has(name) });

/** The fields of an answer's outermost element. */
export function readXml(text: string): Record<string, unknown> {
  const document: Record<string, unknown> = parser.parse(text);
  const [root] = Object.entries(document).filter(([name]) => name !== '?xml');
  const fields = root?.[1];
  return typeof fields === 'object' && fields !== null && !Array.isArray(fields) ? (fields as Record<string, unknown>) : {};
}
