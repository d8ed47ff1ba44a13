import { randomUUID } from 'node:crypto';
import { GuestboardError } from '#contract/errors.ts';
import type { ProjectRole } from '#contract/may.ts';
import type { Project } from '#contract/resources/project.ts';
import type { Changes } from './changes.ts';
import { type Database, isDuplicate, type Tx } from './database.ts';
import type { Scope } from './scope.ts';
import type { StorageTargets } from './storage-targets.ts';

export type Projects = ReturnType<typeof openProjects>;

/** Projects: the sign-in library's organizations. `name` is its slug, `title` its name. */
export function openProjects(database: Database, changes: Changes, storageTargets: Pick<StorageTargets, 'remove'>) {
  const { prisma } = database;

  async function list(scope: Scope): Promise<Project[]> {
    const [rows, counts] = await Promise.all([
      prisma.organization.findMany({
        ...(scope.everything ? {} : { where: { id: { in: [...scope.projectIds] } } }),
        include: { _count: { select: { members: true } } },
        orderBy: { slug: 'asc' },
      }),
      prisma.instance.groupBy({ by: ['projectId'], where: { deletedAt: null }, _count: true }),
    ]);
    const instancesOf = new Map(counts.map((count) => [count.projectId, count._count]));
    return rows.map((row) => ({
      id: row.id,
      name: row.slug,
      title: row.name,
      createdAt: row.createdAt.toISOString(),
      instanceCount: instancesOf.get(row.id) ?? 0,
      memberCount: row._count.members,
    }));
  }

  async function announce(tx: Tx, projectId: string) {
    await changes.announce(tx, { projectId, kind: 'project', resource: projectId, revision: 0 });
  }

  return {
    list,
    find: async (scope: Scope, id: string): Promise<Project | null> => {
      if (!scope.everything && !scope.projectIds.includes(id)) return null;
      return (await list({ everything: false, projectIds: [id] }))[0] ?? null;
    },
    /** The projects an account belongs to, with its role in each. */
    listMemberships: async (accountId: string) => {
      const rows = await prisma.member.findMany({
        where: { userId: accountId },
        include: { organization: true },
        orderBy: { organization: { slug: 'asc' } },
      });
      return rows.map((row) => ({
        projectId: row.organizationId,
        projectName: row.organization.slug,
        projectTitle: row.organization.name,
        role: row.role as ProjectRole,
      }));
    },
    /** Answers the new id. Throws `name-taken`. */
    insert: async (tx: Tx, project: { name: string; title: string }): Promise<string> => {
      const id = randomUUID();
      await tx.organization
        .create({ data: { id, name: project.title, slug: project.name, createdAt: new Date() } })
        .catch((error: unknown) => {
          if (!isDuplicate(error)) throw error;
          throw new GuestboardError('name-taken', `A project named ${project.name} exists already.`, { field: 'name' });
        });
      await announce(tx, id);
      return id;
    },
    rename: async (tx: Tx, id: string, title: string): Promise<void> => {
      await tx.organization.update({ where: { id }, data: { name: title } });
      await announce(tx, id);
    },
    /** Removes an empty project. Throws `conflict` while instances or backups are left, or something that needs one of its storage targets. */
    remove: async (tx: Tx, id: string): Promise<void> => {
      const instances = await tx.instance.count({ where: { projectId: id, deletedAt: null } });
      const backups = await tx.backup.count({ where: { projectId: id } });
      if (instances > 0) throw new GuestboardError('conflict', 'The project still has instances. Delete them first.');
      if (backups > 0) throw new GuestboardError('conflict', 'The project still has backups. Delete them first.');
      const members = await tx.member.findMany({ where: { organizationId: id }, select: { userId: true } });
      await tx.configurationGroup.deleteMany({ where: { projectId: id } });
      await tx.projectQuota.deleteMany({ where: { projectId: id } });
      for (const target of await tx.storageTarget.findMany({ where: { projectId: id } })) await storageTargets.remove(tx, target.id);
      await tx.projectInvitation.deleteMany({ where: { projectId: id } });
      await tx.organization.delete({ where: { id } });
      await announce(tx, id);
      for (const { userId } of members) await changes.announce(tx, { projectId: null, kind: 'access', resource: userId, revision: 0 });
    },
    /** The public certificate of a project's authority, once it has one. */
    findCa: async (projectId: string): Promise<string | null> =>
      (await prisma.projectCa.findUnique({ where: { projectId } }))?.certificatePem ?? null,
    exists: async (): Promise<boolean> => (await prisma.organization.count()) > 0,
  };
}
