import type { Actor } from '#contract/may.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Changes } from './changes.ts';
import type { Tx } from './database.ts';
import type { Events } from './events.ts';
import type { Instances } from './instances.ts';

type Clone = { operationId: string; source: Instance; name: string; host: string; actor: Actor };

/** The row of an instance that an operation makes out of another, under the operation's id. */
export function openClones(changes: Changes, { instances, events }: { instances: Instances; events: Events }) {
  return {
    /** Once. Throws `name-taken`. Passwords that may be revealed at the source may be at the clone. */
    ensure: async (tx: Tx, { operationId: id, source, name, host, actor }: Clone): Promise<void> => {
      if ((await tx.instance.count({ where: { id } })) > 0) return;
      const { projectId, datastore, version, flavorId, allowedCidrs, firstDatabase, firstUser, configurationGroupId } = source;
      await instances.insert(tx, {
        ...{ id, projectId, name, datastore, version, flavorId, allowedCidrs, firstDatabase, firstUser, configurationGroupId, host },
        volumeBytes: BigInt(source.volumeBytes),
        operationId: id,
        runningStatus: 'BUILD',
      });
      const sentence = `${actor.name} created this instance as a clone of ${source.name}.`;
      const about = { projectId, instanceId: id, code: 'instance-created', tone: 'info' as const, sentence, detail: null };
      await events.record(tx, { ...about, at: new Date() });
      for (const { user, secretId } of await tx.instancePassword.findMany({ where: { instanceId: source.id } }))
        await instances.keepPassword(tx, id, user, secretId);
    },
    /** The source is free for others as soon as its copy is stored. */
    releaseSource: async (tx: Tx, sourceId: string, operationId: string): Promise<void> => {
      const rows = await tx.$queryRawUnsafe<{ projectId: string; revision: number }[]>(
        `update instances set "operationId" = null, "runningStatus" = null, revision = revision + 1, "updatedAt" = now()
         where id = $1::uuid and "operationId" = $2::uuid returning "projectId", revision::float8`,
        sourceId,
        operationId,
      );
      await changes.announce(tx, ...rows.map((row) => ({ ...row, kind: 'instance' as const, resource: sourceId })));
    },
  };
}
