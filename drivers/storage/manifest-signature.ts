import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** More than any manifest has that was written; what is there instead is not read into memory. */
export const mostManifestBytes = 16 * 1024 ** 2;

/**
 * The signature of everything else that stands in a manifest: what a storage holds may be changed by whoever reaches it, and says where in
 * the log to go on from and whose passwords are true. In the order in which it is written down, which is the one it is read in.
 */
export function signManifest(unsigned: object, key: Buffer): string {
  const signingKey = Buffer.from(hkdfSync('sha256', key, '', 'guestboard manifest', 32));
  return createHmac('sha256', signingKey).update(JSON.stringify(unsigned)).digest('base64');
}

/** Whether a manifest, as it was read, is what was signed under this key. A schema would put its fields first. */
export function isSigned({ signature, ...rest }: Readonly<Record<string, unknown>>, key: Buffer): boolean {
  const [given, right] = [Buffer.from(typeof signature === 'string' ? signature : ''), Buffer.from(signManifest(rest, key))];
  return given.length === right.length && timingSafeEqual(given, right);
}
