import type { Actor } from '#contract/may.ts';
import type { Changes } from './changes.ts';
import type { Database, Tx } from './database.ts';

export type Accounts = ReturnType<typeof openAccounts>;

/** People and what they belong to, as the control plane sees them; how they prove who they are is `server/identity`'s business. */
export function openAccounts(database: Database, changes: Changes) {
  const { prisma } = database;
  return {
    /** What an account may do now, or null when it is gone or banned. */
    findActor: async (accountId: string, tokenId: string | null): Promise<Actor | null> => {
      const { rows } = await database.pool.query<Pick<Actor, 'name' | 'operator' | 'memberships'>>({
        name: 'actor',
        text: `select u.name, coalesce(u.role = 'admin', false) as operator, (
            select coalesce(json_agg(json_build_object('projectId', m."organizationId", 'role', m.role) order by m.id), '[]')
            from member m where m."userId" = u.id) as memberships
          from "user" u where u.id = $1 and (u.banned is not true or u."banExpires" <= now() at time zone 'UTC')`,
        values: [accountId],
      });
      return rows[0] ? { accountId, ...rows[0], tokenId } : null;
    },
    findByUsername: async (username: string) => {
      const row = await prisma.user.findUnique({ where: { username } });
      return row && { accountId: row.id, username, name: row.name, operator: row.role === 'admin' };
    },
    findUsername: async (accountId: string): Promise<string> => {
      const row = await prisma.user.findUnique({ where: { id: accountId }, select: { username: true, email: true } });
      return row?.username ?? row?.email ?? '';
    },
    hasOperator: async (): Promise<boolean> => (await prisma.user.count({ where: { role: 'admin' } })) > 0,
    /** Says that rights or sign-ins of an account changed: caches drop it, its sockets are looked at again. */
    announceAccess: (accountId: string) =>
      database.transact((tx: Tx) => changes.announce(tx, { projectId: null, kind: 'access', resource: accountId, revision: 0 })),
    /**
     * Counts an attempt under `key`; answers how many there were in the window, this one included. A window begins with its first attempt.
     */
    countAttempt: async (key: string, windowMs: number): Promise<number> => {
      const now = Date.now();
      const { rows } = await database.pool.query<{ count: number }>({
        name: 'attempts count',
        text: `insert into "rateLimit" as r (id, key, count, "lastRequest") values ($1, $1, 1, $2)
          on conflict (key) do update set count = case when r."lastRequest" < $3 then 1 else r.count + 1 end,
            "lastRequest" = case when r."lastRequest" < $3 then $2 else r."lastRequest" end
          returning count`,
        values: [key, now, now - windowMs],
      });
      return rows[0]?.count ?? 1;
    },
    uncountAttempt: async (key: string): Promise<void> => {
      await prisma.rateLimit.updateMany({ where: { key, count: { gt: 0 } }, data: { count: { decrement: 1 } } });
    },
    forgetAttempts: async (key: string): Promise<void> => {
      await prisma.rateLimit.deleteMany({ where: { key } });
    },
  };
}
