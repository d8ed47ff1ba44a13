import { randomBytes } from 'node:crypto';
import { shaCrypt } from '../sha-crypt.ts';

const letters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const saltLength = 20;

/**
 * What caching_sha2_password stores: the server, its logs and its tables never see the password itself. Behind the method stand the rounds
 * in thousands, then salt and digest. A salt of letters needs no quoting anywhere.
 */
export function hashPassword(password: string): string {
  const salt = [...randomBytes(saltLength)].map((byte) => letters[byte % letters.length]).join('');
  return `$A$005$${salt}${shaCrypt(password, salt, 5000)}`;
}

/** False for whatever is no hash of this method. */
export function isHashOf(hash: string, password: string): boolean {
  const [, thousands, salt = '', digest] = /^\$A\$([0-9A-F]{3})\$(.{20})(.{43})$/s.exec(hash) ?? [];
  return thousands !== undefined && shaCrypt(password, salt, Number.parseInt(thousands, 16) * 1000) === digest;
}
