import { GuestboardError } from '#contract/errors.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';

type Names =
  | 'getMe'
  | 'listProjects'
  | 'createProject'
  | 'renameProject'
  | 'deleteProject'
  | 'listQuotas'
  | 'changeQuotas'
  | 'getProjectCa'
  | 'listMembers'
  | 'changeMemberRole'
  | 'removeMember';

export function projectHandlers({ store }: ApiParts): SomeHandlers<Names> {
  async function getProject(projectId: string) {
    const project = await store.projects.find({ everything: true }, projectId);
    if (!project) throw new GuestboardError('not-found', 'The project does not exist.');
    return project;
  }

  return {
    getMe: async ({ actor }) => ({
      accountId: actor.accountId,
      username: await store.accounts.findUsername(actor.accountId),
      name: actor.name,
      operator: actor.operator,
      memberships: await store.projects.listMemberships(actor.accountId),
    }),
    listProjects: async ({ scope }) => ({ items: await store.projects.list(scope) }),
    createProject: async ({ actor, body }) => {
      const id = await store.transact(async (tx) => {
        const projectId = await store.projects.insert(tx, body);
        await store.members.add(tx, projectId, actor.accountId, 'admin');
        return projectId;
      });
      return getProject(id);
    },
    renameProject: async ({ path, body }) => {
      await store.transact((tx) => store.projects.rename(tx, path.projectId, body.title));
      return getProject(path.projectId);
    },
    deleteProject: async ({ path }) => {
      await store.transact((tx) => store.projects.remove(tx, path.projectId));
      return {};
    },
    listQuotas: async ({ path }) => ({ items: await store.quotas.list(path.projectId) }),
    changeQuotas: async ({ actor, path, body }) => {
      await store.transact((tx) => store.quotas.change(tx, path.projectId, body, actor.operator));
      return { items: await store.quotas.list(path.projectId) };
    },
    getProjectCa: async ({ path }) => {
      const pem = await store.projects.findCa(path.projectId);
      if (pem === null)
        throw new GuestboardError('not-found', 'The project has no certificate authority yet; its first instance makes it.');
      const project = await getProject(path.projectId);
      return new Response(pem, {
        headers: {
          'content-type': 'application/x-pem-file',
          'content-disposition': `attachment; filename="${project.name}-ca.pem"`,
        },
      });
    },
    listMembers: async ({ path }) => ({ items: await store.members.list(path.projectId) }),
    changeMemberRole: async ({ path, body }) => {
      await store.transact((tx) => store.members.changeRole(tx, path.projectId, path.memberId, body.role));
      const member = await store.members.find(path.projectId, path.memberId);
      if (!member) throw new GuestboardError('not-found', 'The member does not exist in this project.');
      return member;
    },
    removeMember: async ({ path }) => {
      await store.transact((tx) => store.members.remove(tx, path.projectId, path.memberId));
      return {};
    },
  };
}
