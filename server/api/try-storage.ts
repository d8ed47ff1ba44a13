import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { GuestboardError, toFault } from '#contract/errors.ts';
import type { StorageAddress } from '#contract/guest/storage-address.ts';
import { type StorageTest, testObjectPrefix } from '#contract/resources/storage-target.ts';
import { openStorage } from '#drivers/storage/index.ts';
import type { Storage } from '#drivers/storage/storage.ts';

/** A person waits: one repetition, and ten seconds for a server that is silent. */
const patience = { attempts: 2, firstPauseMs: 300, idleTimeoutMs: 10_000 };
const testBytes = 64 * 1024;

/** At an address whose secret is plain. */
export async function tryAddress(address: StorageAddress): Promise<StorageTest> {
  return tryStorage(await openStorage(address, '', patience));
}

/** Writes, reads back and deletes an object; stops at the first that fails, but never leaves the object. */
export async function tryStorage(storage: Storage): Promise<StorageTest> {
  const key = `${testObjectPrefix}${randomUUID()}`;
  const bytes = randomBytes(testBytes);
  const steps: StorageTest['steps'] = [];
  const take = async (name: StorageTest['steps'][number]['name'], act: () => Promise<unknown>, goesOn: boolean): Promise<boolean> => {
    if (!goesOn) {
      steps.push({ name, milliseconds: null, fault: null });
      return false;
    }
    const began = performance.now();
    try {
      await act();
      steps.push({ name, milliseconds: Math.round(performance.now() - began), fault: null });
      return true;
    } catch (error) {
      steps.push({ name, milliseconds: null, fault: toFault(error) });
      return false;
    }
  };

  const written = await take('write', () => storage.put(key, Readable.from([bytes])), true);
  await take(
    'read',
    async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of await storage.get(key)) chunks.push(chunk as Buffer);
      if (!Buffer.concat(chunks).equals(bytes)) throw new GuestboardError('storage-error', 'What came back is not what was written.');
    },
    written,
  );
  await take('delete', () => storage.delete(key), written);
  return { steps };
}
