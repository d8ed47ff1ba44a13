import { randomUUID } from 'node:crypto';
import { getDatastore } from '#contract/datastores/index.ts';
import { GuestboardError } from '#contract/errors.ts';
import { toLevels } from '#contract/grants.ts';
import type { Actor } from '#contract/may.ts';
import type { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import type { OperationFacts } from '#contract/operations/operation.ts';
import type { Database, Tx } from './database.ts';
import type { Events } from './events.ts';
import type { Instances } from './instances.ts';
import { generatePassword, type Operations } from './operations.ts';
import type { Secrets } from './secrets.ts';

export type NewInstance = { input: CreateInstanceInput; facts: OperationFacts; actor: Actor; host: string };
export type NewInstances = ReturnType<typeof openNewInstances>;

/** The row of an instance that is about to be made, with the operation that makes it. */
export function openNewInstances(
  database: Database,
  nouns: { instances: Instances; operations: Operations; secrets: Secrets; events: Events },
) {
  const { instances, operations, secrets, events } = nouns;

  /** What the data already holds when it is a copy: names and revealable passwords of the first account. */
  async function findOrigin({ from }: CreateInstanceInput, facts: OperationFacts) {
    const id =
      from.kind === 'replica'
        ? from.sourceId
        : from.kind === 'point-in-time'
          ? from.instanceId
          : from.kind === 'backup'
            ? (facts.backups.find((backup) => backup.id === from.backupId)?.instanceId ?? null)
            : null;
    return id === null ? null : database.prisma.instance.findFirst({ where: { id, projectId: facts.projectId } });
  }

  return {
    /** Throws `name-taken`. Users without a password get a generated one, which may be revealed later. */
    async open(tx: Tx, { input, facts, actor, host }: NewInstance): Promise<{ instanceId: string; operationId: string }> {
      const instanceId = randomUUID();
      const generated: { user: string; secretId: string }[] = [];
      const users: CreateInstanceInput['users'] = [];
      const isEmpty = input.from.kind === 'empty';
      const { presets } = getDatastore(input.datastore);
      const names = new Set(input.databases.map((database) => database.name));
      for (const user of isEmpty ? input.users : []) {
        const missing = presets === undefined ? [...toLevels(user.databases).keys()].find((name) => !names.has(name)) : undefined;
        if (missing !== undefined)
          throw new GuestboardError(
            'invalid-input',
            `The user ${user.name} names the database ${missing}, which is not among the new ones.`,
            {
              field: 'users',
            },
          );
        const password = user.password ?? { secretId: await secrets.seal(tx, facts.projectId, generatePassword()) };
        if (user.password === undefined && typeof password === 'object') generated.push({ user: user.name, secretId: password.secretId });
        users.push({ ...user, password });
      }
      const origin = await findOrigin(input, facts);
      const sourceId = input.from.kind === 'replica' ? input.from.sourceId : null;
      await instances.insert(tx, {
        id: instanceId,
        projectId: facts.projectId,
        name: input.name,
        datastore: input.datastore,
        version: input.version,
        flavorId: input.flavorId,
        volumeBytes: BigInt(input.volumeBytes),
        role: sourceId === null ? 'standalone' : 'replica',
        sourceId,
        host,
        allowedCidrs: input.allowedCidrs,
        firstDatabase: origin === null ? (input.databases[0]?.name ?? null) : origin.firstDatabase,
        firstUser: origin === null ? (input.users[0]?.name ?? null) : origin.firstUser,
        // What takes the source's place one day is configured as it is.
        configurationGroupId: input.configurationGroupId ?? (sourceId === null ? null : (origin?.configurationGroupId ?? null)),
      });
      await events.record(tx, {
        projectId: facts.projectId,
        instanceId,
        code: 'instance-created',
        tone: 'info',
        sentence: `${actor.name} created this instance${describeOrigin(input, facts)}.`,
        detail: null,
        at: new Date(),
      });
      const inherited = origin === null ? [] : await tx.instancePassword.findMany({ where: { instanceId: origin.id } });
      for (const { user, secretId } of [...generated, ...inherited]) await instances.keepPassword(tx, instanceId, user, secretId);
      const operationId = await operations.open(tx, {
        name: 'create-instance',
        // Its schedule is a row of its own: whoever takes the operation up again later asks for no other.
        input: { ...input, users, protection: null, ...(isEmpty ? {} : { databases: [] }) },
        facts,
        actor,
        instance: { id: instanceId, name: input.name },
      });
      return { instanceId, operationId };
    },
  };
}

function describeOrigin({ from }: CreateInstanceInput, { backups, set }: OperationFacts): string {
  if (from.kind === 'empty') return '';
  if (from.kind === 'point-in-time') {
    const source = set.find(({ id }) => id === from.instanceId)?.name ?? 'a deleted instance';
    return ` from ${source} as it was at ${new Date(from.atMs).toISOString()}`;
  }
  if (from.kind === 'replica') return ` as a replica of ${set.find(({ id }) => id === from.sourceId)?.name}`;
  const backup = backups.find(({ id }) => id === from.backupId);
  return ` from the backup ${backup?.name} of ${backup?.instanceName}`;
}
