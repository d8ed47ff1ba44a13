import { GuestboardError } from '#contract/errors.ts';
import type { Answer } from '../http/client.ts';

/** Swift's refusal as a sentence for whoever set the storage up. */
export function toSwiftFailure(answer: Answer, container: string): GuestboardError {
  return new GuestboardError('storage-error', toSentence(answer.status, container), { detail: toSwiftWords(answer) });
}

/** The status and what the page says, without its markup. */
export function toSwiftWords({ status, text }: Answer): string {
  const words = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 500);
  return words === '' ? `HTTP ${status}` : `HTTP ${status}: ${words}`;
}

function toSentence(status: number, container: string): string {
  switch (status) {
    case 401:
      return 'Swift does not accept the token that it gave this user.';
    case 403:
      return `This user may not do that in the container “${container}”.`;
    case 404:
      return `The container “${container}” does not exist.`;
    case 413:
    case 507:
      return `The container “${container}” takes no more: the storage or its quota is used up.`;
    default:
      return 'Swift refused a request.';
  }
}
