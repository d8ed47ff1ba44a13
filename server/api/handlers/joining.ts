import { GuestboardError } from '#contract/errors.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';

type Names =
  | 'listInvitations'
  | 'createInvitation'
  | 'deleteInvitation'
  | 'acceptInvitation'
  | 'listTokens'
  | 'createToken'
  | 'deleteToken';

export function joiningHandlers({ store, identity, publicUrl }: ApiParts): SomeHandlers<Names> {
  return {
    listInvitations: async ({ path }) => ({ items: await store.invitations.list(path.projectId) }),
    createInvitation: async ({ actor, path, body }) => {
      const made = await store.transact((tx) =>
        store.invitations.insert(tx, { projectId: path.projectId, role: body.role, note: body.note, invitedBy: actor.name }),
      );
      // Behind the hash: a secret in an address's path or query would be written into logs on its way.
      return { ...made.invitation, link: `${publicUrl}/join#${made.secret}` };
    },
    deleteInvitation: async ({ path }) => {
      await store.transact((tx) => store.invitations.remove(tx, path.projectId, path.invitationId));
      return {};
    },
    acceptInvitation: async ({ actor, body }) => {
      const invitation = await store.invitations.findBySecret(body.secret);
      if (!invitation) throw new GuestboardError('not-found', 'The invitation was used, withdrawn or has expired. Ask for a new one.');
      if (!actor && !body.account)
        throw new GuestboardError('invalid-input', 'Sign in, or choose a username and a password to join.', { field: 'account' });
      const accountId = actor?.accountId ?? (body.account ? await identity.createAccount(body.account) : '');
      await store.transact(async (tx) => {
        await store.invitations.accept(tx, invitation);
        await store.members.add(tx, invitation.projectId, accountId, invitation.role);
      });
      const project = await store.projects.find({ everything: true }, invitation.projectId);
      return { projectName: project?.name ?? '' };
    },
    listTokens: async ({ actor }) => ({ items: await store.tokens.list(actor.accountId) }),
    createToken: ({ actor, body }) => identity.createToken(actor.accountId, body.name, body.expiresInDays),
    deleteToken: async ({ actor, path }) => {
      await store.transact((tx) => store.tokens.remove(tx, actor.accountId, path.tokenId));
      return {};
    },
  };
}
