import { randomUUID } from 'node:crypto';
import { GuestboardError } from '#contract/errors.ts';
import { SecretRef } from '#contract/names.ts';
import type { Database, Tx } from './database.ts';
import type { KeyRing } from './key-ring.ts';

export type Secrets = ReturnType<typeof openSecrets>;

/** Sealed passwords and keys. Everything else in the database carries only `{ secretId }`. */
export function openSecrets(database: Database, keyRing: KeyRing) {
  const { prisma } = database;

  /** `id` only where something outside names it already. */
  async function seal(tx: Tx, projectId: string | null, plain: string, id: string = randomUUID()): Promise<string> {
    await tx.secret.create({ data: { id, projectId, ...keyRing.seal(plain, toContext(id, projectId)) } });
    return id;
  }

  /** Throws `not-found` when the secret was forgotten. */
  async function unseal(secretId: string): Promise<string> {
    const row = await prisma.secret.findUnique({ where: { id: secretId } });
    if (!row) throw new GuestboardError('not-found', 'The secret is no longer kept.');
    return keyRing.unseal(row, toContext(row.id, row.projectId));
  }

  return {
    seal,
    unseal,
    /** Replaces every string under a key named `password`, however deep, by a reference. References stay, but only to the project's own secrets. */
    sealPasswords: <T>(tx: Tx, projectId: string, input: T): Promise<T> =>
      replacePasswords(input, async (value) => {
        if (typeof value === 'string') return { secretId: await seal(tx, projectId, value) };
        const reference = SecretRef.safeParse(value);
        if (reference.success && (await tx.secret.count({ where: { id: reference.data.secretId, projectId } })) === 0)
          throw new GuestboardError('not-found', 'The secret does not exist in this project.');
        return value;
      }),
    /** The reverse, for delivery to a guest only. */
    unsealPasswords: <T>(input: T): Promise<T> =>
      replacePasswords(input, async (value) => {
        const reference = SecretRef.safeParse(value);
        return reference.success ? unseal(reference.data.secretId) : value;
      }),
    forget: async (tx: Tx, secretIds: readonly string[]) => {
      await tx.secret.deleteMany({ where: { id: { in: [...secretIds] } } });
    },
    /** The key's id, when secrets are kept that no key of the file opens: a file of another installation, or one that lost a line. */
    findMissingKey: async (): Promise<string | null> => {
      const found = await prisma.secret.findFirst({ where: { keyId: { notIn: keyRing.keyIds } }, select: { keyId: true } });
      return found?.keyId ?? null;
    },
    /** Seals anew, under the current key, what older keys sealed. Returns how many. */
    rotate: async (): Promise<number> => {
      const rows = await prisma.secret.findMany({ where: { keyId: { not: keyRing.currentKeyId } } });
      for (const row of rows) {
        const context = toContext(row.id, row.projectId);
        await prisma.secret.update({ where: { id: row.id }, data: keyRing.seal(keyRing.unseal(row, context), context) });
      }
      return rows.length;
    },
    /** Text sealed in place (idempotent answers): opaque to everybody without the key file. */
    sealText: (plain: string, context: string): string => {
      const { keyId, nonce, ciphertext } = keyRing.seal(plain, context);
      return [keyId, Buffer.from(nonce).toString('base64'), Buffer.from(ciphertext).toString('base64')].join('.');
    },
    unsealText: (sealed: string, context: string): string => {
      const [keyId = '', nonce = '', ciphertext = ''] = sealed.split('.');
      const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
      return keyRing.unseal({ keyId, nonce: bytes(nonce), ciphertext: bytes(ciphertext) }, context);
    },
  };
}

function toContext(id: string, projectId: string | null): string {
  return `${id}/${projectId ?? ''}`;
}

async function replacePasswords<T>(input: T, replace: (value: unknown) => Promise<unknown>): Promise<T> {
  const walk = async (value: unknown): Promise<unknown> => {
    if (Array.isArray(value)) return Promise.all(value.map(walk));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(async ([key, inner]) => [key, key === 'password' ? await replace(inner) : await walk(inner)]);
    return Object.fromEntries(await Promise.all(entries));
  };
  return (await walk(input)) as T;
}
