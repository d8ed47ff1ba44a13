import { STATUS_CODES } from 'node:http';

/** HTTP 403 Forbidden: the number is the server's, the words are HTTP's own. */
export function writeStatus(status: number): string {
  const words = STATUS_CODES[status];
  return words === undefined ? `HTTP ${status}` : `HTTP ${status} ${words}`;
}
