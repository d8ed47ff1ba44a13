import { createHash } from 'node:crypto';

/** What mysql_native_password stores, the one method every client speaks: the server, its logs and its tables never see the password itself. */
export function hashPassword(password: string): string {
  const once = createHash('sha1').update(password, 'utf8').digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}
