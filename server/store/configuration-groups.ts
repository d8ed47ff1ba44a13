import { GuestboardError } from '#contract/errors.ts';
import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';
import type { Changes } from './changes.ts';
import { type Database, isDuplicate, type Tx } from './database.ts';
import type { ConfigurationGroup as GroupRow, Prisma } from './generated/client.ts';
import { type Scope, whereProject } from './scope.ts';

export type ConfigurationGroups = ReturnType<typeof openConfigurationGroups>;
export type NewConfigurationGroup = Pick<ConfigurationGroup, 'id' | 'projectId' | 'name' | 'datastore' | 'values'>;

export function openConfigurationGroups(database: Database, changes: Changes) {
  const { prisma } = database;

  async function list(where: Prisma.ConfigurationGroupWhereInput): Promise<ConfigurationGroup[]> {
    const rows = await prisma.configurationGroup.findMany({ where, orderBy: { name: 'asc' } });
    const users = await prisma.instance.findMany({
      where: { configurationGroupId: { in: rows.map((row) => row.id) }, deletedAt: null },
      select: { id: true, configurationGroupId: true },
    });
    return rows.map((row) =>
      toGroup(
        row,
        users.filter((user) => user.configurationGroupId === row.id).map((user) => user.id),
      ),
    );
  }

  async function announce(tx: Tx, row: GroupRow): Promise<void> {
    await changes.announce(tx, {
      projectId: row.projectId,
      kind: 'configuration-group',
      resource: row.id,
      revision: Number(row.revision),
    });
  }

  return {
    find: async (scope: Scope, id: string) => (await list({ id, ...whereProject(scope) }))[0] ?? null,
    list: (scope: Scope) => list(whereProject(scope)),
    listOfProject: (projectId: string) => list({ projectId }),
    findForControlPlane: async (id: string) => (await list({ id }))[0] ?? null,
    /** Throws `name-taken`. */
    insert: async (tx: Tx, data: NewConfigurationGroup): Promise<void> => {
      const row = await tx.configurationGroup.create({ data }).catch((error: unknown) => {
        if (!isDuplicate(error)) throw error;
        throw new GuestboardError('name-taken', `The project already has a configuration group named ${data.name}.`, { field: 'name' });
      });
      await announce(tx, row);
    },
    setValues: async (tx: Tx, id: string, values: ConfigurationGroup['values']): Promise<void> => {
      await announce(
        tx,
        await tx.configurationGroup.update({ where: { id }, data: { values, revision: { increment: 1 }, updatedAt: new Date() } }),
      );
    },
    /** Says that what uses the group changed. */
    touch: async (tx: Tx, id: string): Promise<void> => {
      await announce(tx, await tx.configurationGroup.update({ where: { id }, data: { revision: { increment: 1 } } }));
    },
    remove: async (tx: Tx, id: string): Promise<void> => {
      await announce(tx, await tx.configurationGroup.delete({ where: { id } }));
    },
  };
}

function toGroup(row: GroupRow, instanceIds: string[]): ConfigurationGroup {
  return {
    ...row,
    revision: Number(row.revision),
    datastore: row.datastore as ConfigurationGroup['datastore'],
    values: row.values as ConfigurationGroup['values'],
    instanceIds,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
