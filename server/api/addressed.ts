import { GuestboardError } from '#contract/errors.ts';
import { Id } from '#contract/names.ts';
import { isInScope, type Scope } from '../store/scope.ts';
import type { Store } from '../store/store.ts';
import type { AddressedBy } from './call.ts';

type Found = AddressedBy[keyof AddressedBy];
type Parts = { path: Readonly<Record<string, string>>; body: unknown };

/** Finds what a request is about, in the actor's scope. Another project's object is as absent as one that never was: `not-found`. */
export async function findAddressed(store: Store, scope: Scope, kind: keyof AddressedBy, { path, body }: Parts): Promise<Found> {
  switch (kind) {
    case 'none':
    case 'invitation':
    case 'query-project':
      return null;
    case 'path-project':
      return findProject(store, scope, path.projectId ?? '');
    case 'body-project':
      return findProject(store, scope, toProjectId(body));
    case 'instance':
      return (isId(path.instanceId) && (await store.instances.find(scope, path.instanceId))) || missing('instance');
    case 'operation':
      return (isId(path.operationId) && (await store.operations.find(scope, path.operationId))) || missing('operation');
    case 'backup':
      return (isId(path.backupId) && (await store.backups.find(scope, path.backupId))) || missing('backup');
    case 'backup-schedule': {
      const id = path.backupScheduleId;
      return (isId(id) && (await store.backupSchedules.find(scope, id))) || missing('backup schedule');
    }
    case 'configuration-group': {
      const id = path.configurationGroupId;
      return (isId(id) && (await store.configurationGroups.find(scope, id))) || missing('configuration group');
    }
    case 'storage-target': {
      const id = path.storageTargetId;
      return (isId(id) && (await store.storageTargets.find(scope, id))) || missing('storage target');
    }
  }
}

async function findProject(store: Store, scope: Scope, projectId: string) {
  if (!isInScope(scope, projectId)) return missing('project');
  // Whoever is a member of it knows that it exists; an operator's scope says nothing about one project.
  if (scope.everything && !(await store.projects.find(scope, projectId))) return missing('project');
  return { projectId };
}

function toProjectId(body: unknown): string {
  return typeof body === 'object' && body !== null && 'projectId' in body ? String(body.projectId) : '';
}

function isId(id: string | undefined): id is string {
  return Id.safeParse(id).success;
}

function missing(noun: string): never {
  throw new GuestboardError('not-found', `The ${noun} does not exist.`);
}
