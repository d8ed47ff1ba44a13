import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { GuestboardError } from '#contract/errors.ts';

const iterations = 4096;

/** What PostgreSQL stores for a password. The password itself never reaches the server, so no log of it can hold it. */
export async function createVerifier(password: string, salt: Buffer = randomBytes(16)): Promise<string> {
  const salted = await promisify(pbkdf2)(prepare(password), salt, iterations, 32, 'sha256');
  const storedKey = createHash('sha256').update(sign(salted, 'Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${sign(salted, 'Server Key').toString('base64')}`;
}

/** Whether a stored verifier was made from this password. */
export async function matchesVerifier(password: string, verifier: string): Promise<boolean> {
  const salt = /^SCRAM-SHA-256\$4096:([^$]+)\$/.exec(verifier)?.[1];
  if (salt === undefined) return false;
  const own = Buffer.from(await createVerifier(password, Buffer.from(salt, 'base64')));
  const other = Buffer.from(verifier);
  return own.length === other.length && timingSafeEqual(own, other);
}

/**
 * SASLprep as clients do it. Where clients disagree (a character they replace next to one that only some refuse) the password is refused:
 * it would work in one program and not in another.
 */
function prepare(password: string): string {
  const prepared = password
    .replace(/[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g, ' ')
    // biome-ignore lint/suspicious/noMisleadingCharacterClass: RFC 3454 table B.1 lists joiners and selectors one by one.
    .replace(/[\u00AD\u034F\u1806\u180B-\u180D\u200C\u200D\u2060\uFE00-\uFE0F\uFEFF]/g, '')
    .normalize('NFKC');
  const changed = prepared !== password;
  if (prepared === '' || password.includes('\u200B') || (changed && !/^[\u0020-\u007E\u00A1-\u052F]*$/.test(prepared))) {
    throw new GuestboardError('invalid-input', 'This password would not work in every client. Use letters, digits and punctuation.', {
      field: 'password',
    });
  }
  return prepared;
}

function sign(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
