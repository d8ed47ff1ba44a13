import { GuestboardError } from '#contract/errors.ts';
import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';
import { sayTaken } from '#contract/taken-name.ts';
import type { Changes } from './changes.ts';
import { type Database, isDuplicate, type Tx } from './database.ts';
import type { ConfigurationGroup as StoredGroup } from './generated/client.ts';
import type { Scope } from './scope.ts';

export type ConfigurationGroups = ReturnType<typeof openConfigurationGroups>;
type GroupRow = Omit<ConfigurationGroup, 'createdAt' | 'updatedAt'> & { createdAt: Date; updatedAt: Date };
export type NewConfigurationGroup = Pick<ConfigurationGroup, 'id' | 'projectId' | 'name' | 'datastore' | 'values'>;

export function openConfigurationGroups(database: Database, changes: Changes) {
  async function list({ projectIds, id }: { projectIds?: readonly string[]; id?: string }): Promise<ConfigurationGroup[]> {
    const { rows } = await database.pool.query<GroupRow>({
      name: 'configuration groups',
      text: `select g.id, g.revision::float8, g."projectId", g.name, g.datastore, g.values, g."createdAt", g."updatedAt",
          array(select i.id from instances i where i."configurationGroupId" = g.id and i."deletedAt" is null) as "instanceIds"
        from configuration_groups g where ($1::text[] is null or g."projectId" = any($1)) and ($2::uuid is null or g.id = $2) order by g.name`,
      values: [projectIds ?? null, id ?? null],
    });
    return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() }));
  }

  async function announce(tx: Tx, row: StoredGroup): Promise<void> {
    await changes.announce(tx, {
      projectId: row.projectId,
      kind: 'configuration-group',
      resource: row.id,
      revision: Number(row.revision),
    });
  }

  return {
    find: async (scope: Scope, id: string) => (await list({ id, ...toProjects(scope) }))[0] ?? null,
    list: (scope: Scope) => list(toProjects(scope)),
    listOfProject: (projectId: string) => list({ projectIds: [projectId] }),
    findForControlPlane: async (id: string) => (await list({ id }))[0] ?? null,
    /** Throws `name-taken`. */
    insert: async (tx: Tx, data: NewConfigurationGroup): Promise<void> => {
      const row = await tx.configurationGroup.create({ data }).catch((error: unknown) => {
        if (!isDuplicate(error)) throw error;
        throw new GuestboardError('name-taken', sayTaken('a configuration group', data.name), { field: 'name' });
      });
      await announce(tx, row);
    },
    setValues: async (tx: Tx, id: string, values: ConfigurationGroup['values']): Promise<void> => {
      await announce(
        tx,
        await tx.configurationGroup.update({ where: { id }, data: { values, revision: { increment: 1 }, updatedAt: new Date() } }),
      );
    },
    remove: async (tx: Tx, id: string): Promise<void> => {
      await announce(tx, await tx.configurationGroup.delete({ where: { id } }));
    },
  };
}

const toProjects = (scope: Scope) => (scope.everything ? {} : { projectIds: scope.projectIds });
