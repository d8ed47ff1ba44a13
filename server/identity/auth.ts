import { apiKey } from '@better-auth/api-key';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { betterAuth } from 'better-auth/minimal';
import { admin } from 'better-auth/plugins/admin';
import { username } from 'better-auth/plugins/username';
import type { Store } from '../store/store.ts';

export type AuthOptions = { store: Store; publicUrl: string; trustedOrigins: string[]; secure: boolean };
export type Auth = ReturnType<typeof createAuth>;

export const tokenPrefix = 'gb_';

/** The sign-in library, told our rules: no public sign-up, cookies for this origin only, tokens stored hashed. Its words stay in this room. */
export function createAuth({ store, publicUrl, trustedOrigins, secure }: AuthOptions) {
  return betterAuth({
    baseURL: publicUrl,
    basePath: '/api/auth',
    secret: store.derive('sign-in cookies'),
    telemetry: { enabled: false },
    trustedOrigins,
    database: prismaAdapter(store.database.prisma, { provider: 'postgresql' }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 128 },
    session: { expiresIn: 12 * 3600, updateAge: 3600 },
    // Sign-in attempts are counted by sign-in-limit.ts, across replicas and by failures only.
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'guestboard',
      useSecureCookies: secure,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: ['x-real-ip'] },
    },
    logger: { disabled: true },
    plugins: [
      username({ minUsernameLength: 3, maxUsernameLength: 40, usernameValidator: (name) => /^[a-z0-9][a-z0-9._-]*$/.test(name) }),
      admin({ adminRoles: ['admin'], defaultRole: 'user' }),
      apiKey({ defaultPrefix: tokenPrefix, rateLimit: { enabled: false }, keyExpiration: { maxExpiresIn: 365, minExpiresIn: 1 } }),
    ],
  });
}
