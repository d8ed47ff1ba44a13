import { GuestboardError } from '#contract/errors.ts';
import type { ApiToken } from '#contract/resources/project.ts';
import type { Changes } from './changes.ts';
import type { Database, Tx } from './database.ts';

export type Tokens = ReturnType<typeof openTokens>;

/** API tokens of one account. They are made and verified by `server/identity`; only a hash is kept. */
export function openTokens(database: Database, changes: Changes) {
  const { prisma } = database;
  return {
    list: async (accountId: string): Promise<ApiToken[]> => {
      const rows = await prisma.apikey.findMany({ where: { referenceId: accountId }, orderBy: { createdAt: 'desc' } });
      return rows.map((row) => ({
        id: row.id,
        name: row.name ?? '',
        start: row.start ?? '',
        createdAt: row.createdAt.toISOString(),
        expiresAt: row.expiresAt?.toISOString() ?? null,
        lastUsedAt: row.lastRequest?.toISOString() ?? null,
      }));
    },
    /** Revokes it on every replica at once. Throws `not-found` for another account's. */
    remove: async (tx: Tx, accountId: string, id: string): Promise<void> => {
      const { count } = await tx.apikey.deleteMany({ where: { id, referenceId: accountId } });
      if (count === 0) throw new GuestboardError('not-found', 'The token does not exist.');
      await changes.announce(tx, { projectId: null, kind: 'access', resource: accountId, revision: 0 });
    },
  };
}
