import { GuestboardError } from '#contract/errors.ts';
import { type Database, isDuplicate } from './database.ts';
import type { Secrets } from './secrets.ts';

export type Idempotency = ReturnType<typeof openIdempotency>;
export type KeptAnswer = { status: number; body: string };
export type IdempotentRequest = { accountId: string; key: string; endpoint: string; requestHash: string };

/** A claim older than this belongs to a server that died with the request. */
const abandonedAfterMs = 60_000;

/** Answers kept for 24 hours under an Idempotency-Key, sealed: some carry a secret that is shown once. */
export function openIdempotency(database: Database, secrets: Secrets) {
  const { prisma } = database;

  const toWhere = ({ accountId, key }: IdempotentRequest) => ({ accountId_key: { accountId, key } });
  const toContext = ({ accountId, key }: IdempotentRequest) => `answer/${accountId}/${key}`;

  return {
    /** Claims the key (null: carry on), or gives the kept answer, or `pending` while another request works on it. Throws `idempotency-key-reused`. */
    claim: async (request: IdempotentRequest): Promise<KeptAnswer | 'pending' | null> => {
      const row = await prisma.idempotentAnswer.create({ data: request }).then(
        () => null,
        (error: unknown) => {
          if (!isDuplicate(error)) throw error;
          return prisma.idempotentAnswer.findUnique({ where: toWhere(request) });
        },
      );
      if (row === null) return null;
      if (row.endpoint !== request.endpoint || row.requestHash !== request.requestHash) {
        throw new GuestboardError('idempotency-key-reused', 'This Idempotency-Key was used for another request. Use a new key.');
      }
      if (row.status !== null) return { status: row.status, body: secrets.unsealText(String(row.answer), toContext(request)) };
      if (Date.now() - row.createdAt.getTime() < abandonedAfterMs) return 'pending';
      const { count } = await prisma.idempotentAnswer.updateMany({
        where: { accountId: row.accountId, key: row.key, status: null, createdAt: row.createdAt },
        data: { createdAt: new Date() },
      });
      return count === 1 ? null : 'pending';
    },
    keep: async (request: IdempotentRequest, answer: KeptAnswer): Promise<void> => {
      const data = { status: answer.status, answer: secrets.sealText(answer.body, toContext(request)) };
      await prisma.idempotentAnswer.update({ where: toWhere(request), data });
    },
    /** Nothing was started: the same key may be tried again. */
    release: async ({ accountId, key }: IdempotentRequest): Promise<void> => {
      await prisma.idempotentAnswer.deleteMany({ where: { accountId, key, status: null } });
    },
    prune: async (): Promise<void> => {
      await prisma.idempotentAnswer.deleteMany({ where: { createdAt: { lt: new Date(Date.now() - 24 * 3_600_000) } } });
    },
  };
}
