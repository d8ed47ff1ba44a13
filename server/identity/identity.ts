import type { ChangeTail } from '../store/changes.ts';
import type { Store } from '../store/store.ts';
import { createActors } from './actors.ts';
import { type AuthOptions, createAuth } from './auth.ts';
import { createFirstOperator } from './first-operator.ts';
import { createPeople } from './people.ts';
import { createSignIn } from './sign-in.ts';
import { createSignInLimit } from './sign-in-limit.ts';

export type Identity = ReturnType<typeof createIdentity>;
export type IdentityOptions = AuthOptions & { store: Store; tail: ChangeTail };

/** Who is asking: sign-in, tokens, accounts. Rights are not decided here but by may(). */
export function createIdentity({ store, tail, ...options }: IdentityOptions) {
  const auth = createAuth({ store, ...options });
  const people = createPeople(store, auth);
  const { authenticate } = createActors(store, auth, tail);
  return {
    ...people,
    /** The actor behind a cookie or a token; null for neither, expired, revoked or banned. */
    authenticate,
    /** Answers /api/auth/*. */
    handle: createSignIn({ store, auth, limit: createSignInLimit(store.accounts), authenticate }),
    createFirstOperator: (data: string) => createFirstOperator(store, people, data),
  };
}
