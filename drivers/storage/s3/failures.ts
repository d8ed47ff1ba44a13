import { GuestboardError } from '#contract/errors.ts';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import type { Answer } from '../http/client.ts';

type Place = Pick<Extract<StorageAddress, { kind: 's3' }>, 'bucket' | 'region' | 'endpoint'>;

/** S3's error as a sentence for whoever set the storage up; its code and message stay as detail, never what was signed. */
export function toS3Failure({ status, text }: Answer, address: Place): GuestboardError {
  const code = readElement(text, 'Code');
  const message = readElement(text, 'Message');
  const detail = [code, message].filter(Boolean).join(': ') || `HTTP ${status}`;
  if (code === 'NoSuchKey') return new GuestboardError('not-found', 'The stored object does not exist.', { detail, cause: { code } });
  return new GuestboardError('storage-error', toSentence(code, status, address), { detail, cause: { code } });
}

/** S3's own code of a failure, or '' where it was another. */
export function toS3Code(error: unknown): string {
  const cause = error instanceof GuestboardError ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
}

function toSentence(code: string, status: number, { bucket, region, endpoint }: Place): string {
  switch (code) {
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'InvalidToken':
    case 'ExpiredToken':
      return `The S3 storage at ${endpoint} does not accept the access key and its secret.`;
    case 'NoSuchBucket':
      return `The bucket “${bucket}” does not exist at ${endpoint}.`;
    case 'RequestTimeTooSkewed':
      return 'This host’s clock and that of the S3 storage differ by more than the storage accepts.';
    case 'AuthorizationHeaderMalformed':
    case 'PermanentRedirect':
    case 'IllegalLocationConstraintException':
      return `The bucket “${bucket}” is not in the region “${region}”.`;
    case 'QuotaExceeded':
    case 'EntityTooLarge':
      return `The bucket “${bucket}” takes no more: its quota is used up.`;
  }
  if (status === 401 || status === 403) return `This access key may not do that in the bucket “${bucket}”.`;
  if (status === 507) return 'The S3 storage is full.';
  return 'The S3 storage refused a request.';
}

function readElement(text: string, name: string): string {
  return new RegExp(`<${name}>([^<]{0,500})`).exec(text)?.[1] ?? '';
}
