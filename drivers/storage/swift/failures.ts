import { GuestboardError } from '#contract/errors.ts';
import type { Answer } from '../http/client.ts';
import { writeStatus } from '../http/status-text.ts';

/**
 * Swift's refusal as a sentence for whoever set the storage up. It has no codes beside the status, and its page is not shown: a project chooses
 * the address, and would read there what another service says to this host alone.
 */
export function toSwiftFailure({ status }: Answer, container: string): GuestboardError {
  return new GuestboardError('storage-error', toSentence(status, container), { detail: writeStatus(status) });
}

/** Of what is no JSON nothing is quoted. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GuestboardError('storage-error', 'What answers is not Swift: its answer is no JSON.');
  }
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
      return `The container “${container}” takes no more: the storage or its quota is used up. Delete backups there, or have it enlarged.`;
    default:
      if (status === 429 || status >= 500)
        return 'Swift is overloaded or out of order just now. Try again later; if that lasts, ask whoever runs it.';
      return 'Swift refused a request.';
  }
}
