import { GuestboardError } from '#contract/errors.ts';
import type { Database, Tx } from './database.ts';
import { Prisma } from './generated/client.ts';
import type { Secrets } from './secrets.ts';

export type Idempotency = ReturnType<typeof openIdempotency>;
export type KeptAnswer = { status: number; body: string };
export type IdempotentRequest = {
  accountId: string;
  key: string;
  endpoint: string;
  requestHash: string;
  /** Whether what it starts is recorded in the transaction that starts it: without a record it then has started nothing. */
  records: boolean;
};
/** A key held by one request; `claimedAt` tells it from one that took the key over. */
export type KeyClaim = IdempotentRequest & { claimedAt: Date };
/** What an operation's answer is made from when the answer itself was lost. */
export type Started = { operationId: string; sentence: string };
export type Claimed =
  | { kind: 'ours'; claim: KeyClaim }
  | { kind: 'kept'; answer: KeptAnswer }
  | { kind: 'lost'; claim: KeyClaim; started: Started }
  | { kind: 'pending' };

const isHeld = `"accountId" = $1 and key = $2 and "createdAt" = $3::timestamptz and status is null`;

/** A claim older than this belongs to a server that died with the request. */
const abandonedAfterMs = 60_000;

/** Answers kept for 24 hours under an Idempotency-Key, sealed: some carry a secret that is shown once. */
export function openIdempotency(database: Database, secrets: Secrets) {
  const { prisma, pool } = database;

  const toWhere = ({ accountId, key }: IdempotentRequest) => ({ accountId_key: { accountId, key } });
  const toHeld = ({ accountId, key, claimedAt }: KeyClaim) => ({ accountId, key, createdAt: claimedAt, status: null });
  const toContext = ({ accountId, key }: IdempotentRequest) => `answer/${accountId}/${key}`;

  return {
    /**
     * `ours` to carry on; the `kept` answer; `lost` when the operation was started and its answer was not kept; `pending` while another
     * request works on it. Throws `idempotency-key-reused`, and `conflict` when a server died and nobody knows how far it came.
     */
    claim: async (request: IdempotentRequest): Promise<Claimed> => {
      const fresh = await pool.query<{ claimedAt: Date }>({
        name: 'answer claim',
        text: `insert into idempotent_answers ("accountId", key, endpoint, "requestHash") values ($1, $2, $3, $4)
          on conflict ("accountId", key) do nothing returning "createdAt" as "claimedAt"`,
        values: [request.accountId, request.key, request.endpoint, request.requestHash],
      });
      const [ours] = fresh.rows;
      if (ours !== undefined) return { kind: 'ours', claim: { ...request, ...ours } };
      const row = await prisma.idempotentAnswer.findUnique({ where: toWhere(request) });
      // Released in this very moment: the next look finds it free.
      if (row === null) return { kind: 'pending' };
      if (row.endpoint !== request.endpoint || row.requestHash !== request.requestHash) {
        throw new GuestboardError('idempotency-key-reused', 'This Idempotency-Key was used for another request. Use a new key.');
      }
      if (row.status !== null) {
        return { kind: 'kept', answer: { status: row.status, body: secrets.unsealText(String(row.answer), toContext(request)) } };
      }
      if (Date.now() - row.createdAt.getTime() < abandonedAfterMs) return { kind: 'pending' };
      const abandoned = { ...request, claimedAt: row.createdAt };
      if (row.started !== null) return { kind: 'lost', claim: abandoned, started: row.started as Started };
      if (!request.records) {
        throw new GuestboardError(
          'conflict',
          'The server ended while it answered this request: look whether it was done. To do it again, use a new Idempotency-Key.',
        );
      }
      const claimedAt = new Date();
      // What the other one committed in this moment is found at the next look.
      const where = { ...toHeld(abandoned), started: { equals: Prisma.DbNull } };
      const { count } = await prisma.idempotentAnswer.updateMany({ where, data: { createdAt: claimedAt } });
      return count === 1 ? { kind: 'ours', claim: { ...request, claimedAt } } : { kind: 'pending' };
    },
    /** What a request of this key has started; null where it started nothing, or was another request. */
    findStarted: async (request: IdempotentRequest): Promise<Started | null> => {
      const row = await prisma.idempotentAnswer.findUnique({ where: toWhere(request) });
      return row?.endpoint === request.endpoint && row.requestHash === request.requestHash ? (row.started as Started | null) : null;
    },
    /** Writes down what is started, in the transaction that starts it. Throws `conflict` when a repeat has taken the key over. */
    record: async (tx: Tx, claim: KeyClaim, started: Started): Promise<void> => {
      const count = await tx.$executeRawUnsafe(
        `update idempotent_answers set started = $4::jsonb where ${isHeld}`,
        ...[claim.accountId, claim.key, claim.claimedAt, JSON.stringify(started)],
      );
      if (count === 0) throw new GuestboardError('conflict', 'A repeat of this request was quicker and carries it out.');
    },
    keep: async (claim: KeyClaim, answer: KeptAnswer): Promise<void> => {
      const sealed = JSON.stringify(secrets.sealText(answer.body, toContext(claim)));
      await pool.query({
        name: 'answer keep',
        text: `update idempotent_answers set status = $4, answer = $5 where ${isHeld}`,
        values: [claim.accountId, claim.key, claim.claimedAt, answer.status, sealed],
      });
    },
    /** Nothing was started: the same key may be tried again. What has a record stays. */
    release: async (claim: KeyClaim): Promise<void> => {
      await prisma.idempotentAnswer.deleteMany({ where: { ...toHeld(claim), started: { equals: Prisma.DbNull } } });
    },
    prune: async (): Promise<void> => {
      await prisma.idempotentAnswer.deleteMany({ where: { createdAt: { lt: new Date(Date.now() - 24 * 3_600_000) } } });
    },
  };
}
