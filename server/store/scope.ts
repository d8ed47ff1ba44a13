import type { Actor } from '#contract/may.ts';

/** What a reader may see: everything (operators), or the rows of these projects. Every read that answers a person takes one. */
export type Scope = { everything: true } | { everything: false; projectIds: readonly string[] };

export function toScope(actor: Actor): Scope {
  return actor.operator
    ? { everything: true }
    : { everything: false, projectIds: actor.memberships.map((membership) => membership.projectId) };
}

/** Narrows a scope to one project; a project outside it leaves nothing. */
export function narrow(scope: Scope, projectId: string | undefined): Scope {
  if (projectId === undefined) return scope;
  return { everything: false, projectIds: scope.everything || scope.projectIds.includes(projectId) ? [projectId] : [] };
}

export function isInScope(scope: Scope, projectId: string): boolean {
  return scope.everything || scope.projectIds.includes(projectId);
}

/** For Prisma's `where`. */
export function whereProject(scope: Scope): { projectId?: { in: string[] } } {
  return scope.everything ? {} : { projectId: { in: [...scope.projectIds] } };
}
