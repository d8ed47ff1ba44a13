import { randomBytes } from 'node:crypto';
import { GuestboardError } from '#contract/errors.ts';
import type { ApiToken } from '#contract/resources/project.ts';
import type { Store } from '../store/store.ts';
import type { Auth } from './auth.ts';

export type NewAccount = { username: string; name: string; password: string; operator?: boolean };

/** Makes and mends accounts and tokens: what only the sign-in library can do. */
export function createPeople(store: Store, auth: Auth) {
  return {
    /** Throws `name-taken`. Answers the new account's id. */
    createAccount: async ({ username, name, password, operator = false }: NewAccount): Promise<string> => {
      if (await store.accounts.findByUsername(username))
        throw new GuestboardError('name-taken', `The username ${username} is taken.`, { field: 'account.username' });
      const email = `${username}@local.invalid`;
      const role = operator ? 'admin' : 'user';
      const { user } = await auth.api.createUser({ body: { email, password, name, role, data: { username, displayUsername: username } } });
      return user.id;
    },
    /** Sets a new generated password, ends every session of the account, and answers the password. */
    resetPassword: async (accountId: string): Promise<string> => {
      const { internalAdapter, password } = await auth.$context;
      const fresh = generatePassword();
      await internalAdapter.updatePassword(accountId, await password.hash(fresh));
      await internalAdapter.deleteUserSessions(accountId);
      await store.accounts.announceAccess(accountId);
      return fresh;
    },
    /** `value` is in this answer and nowhere else. */
    createToken: async (accountId: string, name: string, expiresInDays: number): Promise<ApiToken & { value: string }> => {
      const made = await auth.api.createApiKey({ body: { name, userId: accountId, expiresIn: expiresInDays * 24 * 3600 } });
      return {
        id: made.id,
        name,
        start: made.start ?? '',
        createdAt: new Date(made.createdAt).toISOString(),
        expiresAt: made.expiresAt ? new Date(made.expiresAt).toISOString() : null,
        lastUsedAt: null,
        value: made.key,
      };
    },
  };
}

export function generatePassword(): string {
  return randomBytes(18).toString('base64url');
}
