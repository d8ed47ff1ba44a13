import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GuestboardError } from '#contract/errors.ts';

export type Sealed = { keyId: string; nonce: Uint8Array<ArrayBuffer>; ciphertext: Uint8Array<ArrayBuffer> };

/** Keys for AES-256-GCM. The first seals; all of them unseal. `context` is bound to the ciphertext, so that it cannot be moved to another row. */
export type KeyRing = {
  currentKeyId: string;
  /** Of every key that unseals. */
  keyIds: string[];
  seal(plain: string, context: string): Sealed;
  unseal(sealed: Sealed, context: string): string;
  /** 32 bytes in hex for one purpose, made from the newest key. */
  derive(purpose: string): string;
};

const tagBytes = 16;

/** Reads the key file: one base64 key of 32 bytes a line, newest first. A key's id is the beginning of its hash. Throws a sentence naming the file. */
export function readKeyRing(file: string): KeyRing {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`The key file ${file} cannot be read. Put back the copy you keep, or name it in GUESTBOARD_KEY_FILE.`, { cause });
  }
  return toKeyRing(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
    file,
  );
}

export function toKeyRing(base64Keys: readonly string[], file = 'given'): KeyRing {
  const keys = new Map<string, Buffer>();
  for (const line of base64Keys) {
    const key = Buffer.from(line, 'base64');
    if (key.length !== 32) throw new Error(`The key file ${file} holds a line that is not 32 bytes in base64. Put back the copy you keep.`);
    keys.set(createHash('sha256').update(key).digest('hex').slice(0, 12), key);
  }
  const first = [...keys][0];
  if (!first) throw new Error(`The key file ${file} is empty. Put back the copy you keep.`);
  const [currentKeyId, current] = first;
  return {
    currentKeyId,
    keyIds: [...keys.keys()],
    seal: (plain, context) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', current, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { keyId: currentKeyId, nonce: Uint8Array.from(nonce), ciphertext: Uint8Array.from(body) };
    },
    derive: (purpose) => Buffer.from(hkdfSync('sha256', current, '', purpose, 32)).toString('hex'),
    unseal: ({ keyId, nonce, ciphertext }, context) => {
      const key = keys.get(keyId);
      if (!key) throw new GuestboardError('internal', `The key ${keyId} that sealed this secret is not in the key file.`);
      const split = ciphertext.length - tagBytes;
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context)).setAuthTag(ciphertext.subarray(split));
      return Buffer.concat([decipher.update(ciphertext.subarray(0, split)), decipher.final()]).toString('utf8');
    },
  };
}
