import * as z from 'zod';
import type { Actor } from '#contract/may.ts';
import { Id } from '#contract/names.ts';
import type { OperationFacts } from '#contract/operations/operation.ts';
import { StorageChoice, toTargetId } from '#contract/resources/storage-choice.ts';
import type { Archives } from './archives.ts';
import type { Backups } from './backups.ts';
import type { ConfigurationGroups } from './configuration-groups.ts';
import type { Instances } from './instances.ts';
import type { Operations } from './operations.ts';
import type { Quotas } from './quotas.ts';
import type { StorageTargets } from './storage-targets.ts';

export type Facts = ReturnType<typeof openFacts>;

/** What preconditions look at, read fresh. The instance must have been found in the actor's scope before. */
export function openFacts(nouns: {
  instances: Instances;
  backups: Backups;
  archives: Archives;
  configurationGroups: ConfigurationGroups;
  operations: Operations;
  quotas: Quotas;
  storageTargets: StorageTargets;
}) {
  /** The instance of the backup that is to be proved up to a moment. */
  async function findProvenOf(projectId: string, asked: unknown): Promise<string | null> {
    const proof = z.object({ backupId: Id, atMs: z.number() }).safeParse(asked);
    const backup = proof.success ? await nouns.backups.findForControlPlane(proof.data.backupId) : null;
    return backup?.projectId === projectId ? backup.instanceId : null;
  }

  return {
    /** `except` leaves out an operation that asks about itself: what runs is then somebody else's, and quotas it was accepted under. `asked`: the input, where it is known. */
    async load(
      projectId: string,
      instanceId: string | null,
      actor: Actor,
      except: string | null = null,
      asked: unknown = null,
    ): Promise<OperationFacts> {
      const pastOf = findPastOf(asked) ?? (await findProvenOf(projectId, asked));
      const targetId = findStorage(asked);
      const [all, backups, backupsInWork, backupsBeingDeleted, restoreWindow, configurationGroups, quotas, storageTarget] =
        await Promise.all([
          nouns.instances.listOfProject(projectId),
          nouns.backups.listOfProject(projectId),
          isDeletion(asked) ? nouns.operations.listBackupsInWork(projectId, except) : [],
          pastOf !== null || usesBackup(asked) ? nouns.operations.listBackupsInWork(projectId, except, ['delete-backup']) : [],
          pastOf === null ? null : nouns.archives.findWindow(projectId, pastOf),
          nouns.configurationGroups.listOfProject(projectId),
          except === null ? nouns.quotas.listLimited(projectId) : [],
          targetId === null ? null : nouns.storageTargets.find({ everything: false, projectIds: [projectId] }, targetId),
        ]);
      const instances = except === null ? all : all.map((one) => (one.operationId === except ? { ...one, operationId: null } : one));
      const instance = instances.find((candidate) => candidate.id === instanceId) ?? null;
      const sourceId = instance?.sourceId ?? instance?.id;
      const set = instance === null ? instances : instances.filter((one) => one.id === sourceId || one.sourceId === sourceId);
      const running = instance?.operationId ? await nouns.operations.findForControlPlane(instance.operationId) : null;
      return {
        projectId,
        instance,
        set,
        backups,
        backupsInWork,
        backupsBeingDeleted,
        restoreWindows: restoreWindow === null ? [] : [restoreWindow],
        otherNames: except === null ? all.flatMap(({ id, name }) => (id === instanceId ? [] : [name])) : [],
        configurationGroups,
        quotas,
        storageTargets: storageTarget === null ? [] : [storageTarget],
        actor,
        running,
      };
    },
  };
}

/** The instance whose past is asked for. */
function findPastOf(asked: unknown): string | null {
  const point = z.object({ from: z.object({ kind: z.literal('point-in-time'), instanceId: Id }) }).safeParse(asked);
  return point.success ? point.data.from.instanceId : null;
}

function isDeletion(asked: unknown): boolean {
  return z.object({ backupId: Id, withChain: z.boolean() }).safeParse(asked).success;
}

/** Adds to a backup, proves, deletes or restores it. */
function usesBackup(asked: unknown): boolean {
  const named = z.object({ backupId: Id });
  return z.union([z.object({ parentId: Id }), named, z.object({ from: named })]).safeParse(asked).success;
}

/** The storage target that a new backup is to go to, or the scheduled ones of a new instance. */
function findStorage(asked: unknown): string | null {
  const named = z.object({ storage: StorageChoice });
  const ofSchedule = z.object({ protection: named }).transform(({ protection }) => protection);
  const chosen = z.union([named, ofSchedule]).safeParse(asked);
  return chosen.success ? toTargetId(chosen.data.storage) : null;
}
