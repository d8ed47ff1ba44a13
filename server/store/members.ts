import { randomUUID } from 'node:crypto';
import { GuestboardError } from '#contract/errors.ts';
import type { ProjectRole } from '#contract/may.ts';
import type { Member } from '#contract/resources/project.ts';
import type { Changes } from './changes.ts';
import type { Database, Tx } from './database.ts';

export type Members = ReturnType<typeof openMembers>;

/** Who belongs to a project. Every change reaches the account's open pages and cached tokens as `access`. */
export function openMembers(database: Database, changes: Changes) {
  const { prisma } = database;

  async function announce(tx: Tx, projectId: string, accountId: string) {
    await changes.announce(
      tx,
      { projectId, kind: 'membership', resource: projectId, revision: 0 },
      { projectId: null, kind: 'access', resource: accountId, revision: 0 },
    );
  }

  async function list(projectId: string, id?: string): Promise<Member[]> {
    const rows = await prisma.member.findMany({
      where: { organizationId: projectId, ...(id === undefined ? {} : { id }) },
      include: { user: true },
      orderBy: { createdAt: 'asc' },
    });
    return rows.map((row) => ({
      id: row.id,
      projectId,
      accountId: row.userId,
      username: row.user.username ?? row.user.email,
      name: row.user.name,
      role: row.role as ProjectRole,
      createdAt: row.createdAt.toISOString(),
    }));
  }

  return {
    list: (projectId: string) => list(projectId),
    find: async (projectId: string, id: string): Promise<Member | null> => (await list(projectId, id))[0] ?? null,
    /** Adds an account; one who belongs already keeps the stronger of both roles. */
    add: async (tx: Tx, projectId: string, accountId: string, role: ProjectRole): Promise<void> => {
      const present = await tx.member.findFirst({ where: { organizationId: projectId, userId: accountId } });
      const strongest = (['admin', 'member', 'viewer'] as const).find((each) => each === role || each === present?.role) ?? role;
      if (present) await tx.member.update({ where: { id: present.id }, data: { role: strongest } });
      else
        await tx.member.create({ data: { id: randomUUID(), organizationId: projectId, userId: accountId, role, createdAt: new Date() } });
      await announce(tx, projectId, accountId);
    },
    changeRole: async (tx: Tx, projectId: string, id: string, role: ProjectRole): Promise<void> => {
      const { count } = await tx.member.updateMany({ where: { id, organizationId: projectId }, data: { role } });
      if (count === 0) throw notFound();
      const row = await tx.member.findUniqueOrThrow({ where: { id } });
      await announce(tx, projectId, row.userId);
    },
    remove: async (tx: Tx, projectId: string, id: string): Promise<void> => {
      const row = await tx.member.findFirst({ where: { id, organizationId: projectId } });
      if (!row) throw notFound();
      await tx.member.delete({ where: { id } });
      await announce(tx, projectId, row.userId);
    },
  };
}

function notFound() {
  return new GuestboardError('not-found', 'The member does not exist in this project.');
}
