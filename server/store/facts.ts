import type { Actor } from '#contract/may.ts';
import type { OperationFacts } from '#contract/operations/operation.ts';
import type { Archives } from './archives.ts';
import type { Backups } from './backups.ts';
import type { ConfigurationGroups } from './configuration-groups.ts';
import type { Instances } from './instances.ts';
import type { Operations } from './operations.ts';

export type Facts = ReturnType<typeof openFacts>;

/** What preconditions look at, read fresh. The instance must have been found in the actor's scope before. */
export function openFacts(nouns: {
  instances: Instances;
  backups: Backups;
  archives: Archives;
  configurationGroups: ConfigurationGroups;
  operations: Operations;
}) {
  return {
    /** `except` leaves out an operation that asks about itself: what runs is then somebody else's. */
    async load(projectId: string, instanceId: string | null, actor: Actor, except: string | null = null): Promise<OperationFacts> {
      const [all, backups, restoreWindows, configurationGroups] = await Promise.all([
        nouns.instances.listOfProject(projectId),
        nouns.backups.listOfProject(projectId),
        nouns.archives.listWindows(projectId),
        nouns.configurationGroups.listOfProject(projectId),
      ]);
      const instances = except === null ? all : all.map((one) => (one.operationId === except ? { ...one, operationId: null } : one));
      const instance = instances.find((candidate) => candidate.id === instanceId) ?? null;
      const sourceId = instance?.sourceId ?? instance?.id;
      const set = instance === null ? instances : instances.filter((one) => one.id === sourceId || one.sourceId === sourceId);
      const running = instance?.operationId ? await nouns.operations.findForControlPlane(instance.operationId) : null;
      return { projectId, instance, set, backups, restoreWindows, configurationGroups, actor, running };
    },
  };
}
