import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { GuestboardError } from '#contract/errors.ts';
import { readText } from '#drivers/storage/read-text.ts';

/** A recovery key in age's own form, so that the `age` program opens what is sealed with it, too. */
export async function makeRecoveryKey(): Promise<{ key: string; recipient: string }> {
  const key = await generateX25519Identity();
  return { key, recipient: await identityToRecipient(key) };
}

/** The public half. Throws `invalid-input` where the text is no recovery key. */
export async function toRecipient(key: string): Promise<string> {
  try {
    return await identityToRecipient(key);
  } catch (cause) {
    throw new GuestboardError('invalid-input', 'This is no recovery key: it is one line that begins with AGE-SECRET-KEY-1.', { cause });
  }
}

/** Names a control plane in storage by its recovery key, without telling it. */
export function nameControlPlane(recipient: string): string {
  return createHash('sha256').update(recipient).digest('hex').slice(0, 16);
}

/** Seals a stream for whoever has the recovery key. */
export async function sealFor(recipient: string, content: Readable): Promise<Readable> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return Readable.fromWeb((await encrypter.encrypt(Readable.toWeb(content) as globalThis.ReadableStream<Uint8Array>)) as ReadableStream);
}

/** The reverse. Bytes come out only after they were authenticated; a wrong key or changed bytes are `backup-damaged`. */
export async function openWith(key: string, sealed: Readable): Promise<Readable> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(key);
  try {
    return Readable.fromWeb((await decrypter.decrypt(Readable.toWeb(sealed) as globalThis.ReadableStream<Uint8Array>)) as ReadableStream);
  } catch (cause) {
    sealed.destroy();
    throw new GuestboardError('backup-damaged', 'This recovery key does not open what lies in the storage.', { cause });
  }
}

/** Far more than any key or list of a save has. */
const mostSmallBytes = 2 ** 20;

/** A key or a list from a storage. Throws `backup-damaged` where more lies there than we ever wrote. */
export async function readSmall(stream: Readable): Promise<string> {
  const text = await readText(stream, mostSmallBytes);
  if (text === null) throw new GuestboardError('backup-damaged', 'What lies in the storage is too large for a key or a list of a save.');
  return text;
}
