import { GuestboardError } from '#contract/errors.ts';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import type { Answer } from '../http/client.ts';
import { writeStatus } from '../http/status-text.ts';

type Place = Pick<Extract<StorageAddress, { kind: 's3' }>, 'bucket' | 'region' | 'endpoint'>;

/**
 * S3's error as a sentence for whoever set the storage up; its code stays as detail, with its words where the code is one that S3 has. Of any
 * other answer only the status: a project chooses the address, and would read there what another service says to this host alone.
 */
export function toS3Failure({ status, text }: Answer, address: Place): GuestboardError {
  const { code, message } = readError(text);
  const detail = code === '' ? writeStatus(status) : message === '' ? `${writeStatus(status)}, ${code}` : `${code}: ${message}`;
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
    case 'BucketQuotaExceeded':
    case 'EntityTooLarge':
      return `The bucket “${bucket}” takes no more: its quota is used up. Delete backups there, or have it raised.`;
    case 'XMinioStorageFull':
      return fullSentence;
  }
  if (status === 401 || status === 403) return `This access key may not do that in the bucket “${bucket}”.`;
  if (status === 507) return fullSentence;
  if (status === 429 || status >= 500)
    return 'The S3 storage is overloaded or out of order just now. Try again later; if that lasts, ask whoever runs it.';
  return 'The S3 storage refused a request.';
}

const fullSentence = 'The S3 storage is full. Delete backups there, or have it enlarged.';
const longestError = 64 * 1024;

function readError(text: string): { code: string; message: string } {
  const [, inner = ''] = /^\s*(?:<\?xml[^>]*\?>)?\s*<Error(?:\s[^>]*)?>([\s\S]*)<\/Error>\s*$/.exec(text.slice(0, longestError)) ?? [];
  const [, code = ''] = /<Code>([A-Za-z0-9.]{1,64})<\/Code>/.exec(inner) ?? [];
  const [, message = ''] = (known.has(code) && /<Message>([^<]{1,500})<\/Message>/.exec(inner)) || [];
  return { code, message };
}

/** What S3 and those who speak like it answer to requests that a backup makes. */
const known: ReadonlySet<string> = new Set(
  `AccessDenied AccountProblem AllAccessDisabled AuthorizationHeaderMalformed BadDigest BucketQuotaExceeded EntityTooLarge EntityTooSmall
  ExpiredToken IllegalLocationConstraintException IncompleteBody InternalError InvalidAccessKeyId InvalidArgument InvalidBucketName
  InvalidDigest InvalidObjectState InvalidPart InvalidPartOrder InvalidRequest InvalidToken InvalidURI KeyTooLongError MalformedXML
  MethodNotAllowed MissingContentLength MissingSecurityHeader NoSuchBucket NoSuchKey NoSuchUpload NotImplemented NotSignedUp
  OperationAborted PermanentRedirect QuotaExceeded RequestTimeout RequestTimeTooSkewed ServiceUnavailable SignatureDoesNotMatch SlowDown
  TemporaryRedirect TooManyRequests XAmzContentSHA256Mismatch XMinioStorageFull`.split(/\s+/),
);
