import type { Actor, ProjectRole } from './actor.ts';

// The rule without zod, for the page's first load; may.ts adds the schemas.

export const projectRoles = {
  admin: { title: 'Project admin', sentence: 'Manages members, quotas and deletes.' },
  member: { title: 'Member', sentence: 'Creates and operates instances.' },
  viewer: { title: 'Viewer', sentence: 'Reads.' },
} as const satisfies Record<ProjectRole, { title: string; sentence: string }>;

/** Least role a project member needs. `operator` means operators only; `self` means any signed-in person about themselves. */
export const actions = {
  'project.read': 'viewer',
  'project.create': 'operator',
  'project.manage': 'admin',
  'project.delete': 'operator',
  'quota.manage': 'admin',
  'member.read': 'viewer',
  'member.manage': 'admin',
  'instance.read': 'viewer',
  'instance.create': 'member',
  'instance.operate': 'member',
  'instance.delete': 'admin',
  'instance.restore': 'admin',
  'instance.force': 'operator',
  'secret.reveal': 'member',
  'database.read': 'viewer',
  'database.manage': 'member',
  'user.read': 'viewer',
  'user.manage': 'member',
  'root.manage': 'admin',
  'connection.read': 'member',
  'connection.end': 'member',
  'log.read': 'member',
  'backup.read': 'viewer',
  'backup.create': 'member',
  'backup.prove': 'member',
  'backup.delete': 'admin',
  // Retention deletes, so making one needs what deleting needs.
  'backup-schedule.manage': 'admin',
  'configuration-group.read': 'viewer',
  'configuration-group.manage': 'member',
  'storage-target.manage': 'admin',
  'operation.read': 'viewer',
  'operation.cancel': 'member',
  'token.manage': 'self',
  'catalogue.read': 'self',
  'system.read': 'operator',
  'recovery.manage': 'operator',
} as const satisfies Record<string, ProjectRole | 'operator' | 'self'>;
export type Action = keyof typeof actions;

const rank: Record<ProjectRole, number> = { viewer: 0, member: 1, admin: 2 };

/** The one rule of authorisation: asked by the button, the API, the socket rooms and the workflow. Denies by default. */
export function may(actor: Actor | null, action: Action, resource: { projectId: string } | null): boolean {
  if (actor === null) return false;
  const needed = actions[action];
  if (needed === 'self') return true;
  if (actor.operator) return true;
  if (needed === 'operator' || resource === null) return false;
  const membership = actor.memberships.find((candidate) => candidate.projectId === resource.projectId);
  return membership !== undefined && rank[membership.role] >= rank[needed];
}

/** Why a control is closed to this actor, as a sentence; null when it is open. */
export function explainDenial(actor: Actor | null, action: Action, resource: { projectId: string } | null): string | null {
  if (may(actor, action, resource)) return null;
  const needed = actions[action];
  if (needed === 'operator') return 'Only an operator may do this.';
  if (needed === 'self') return 'Sign in first.';
  return `This needs the role ${projectRoles[needed].title.toLowerCase()} in the project. Ask a project admin.`;
}
