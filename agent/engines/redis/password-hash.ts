import { createHash } from 'node:crypto';

/** What Redis stores of a password: the server, its file of accounts and its logs never see the password itself. */
export function hashPassword(password: string): string {
  return createHash('sha256').update(password, 'utf8').digest('hex');
}
