import { GuestboardError } from '#contract/errors.ts';
import { flavors } from '#contract/flavors.ts';
import { narrow } from '../../store/scope.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';

type Names =
  | 'listDatastoreVersions'
  | 'listFlavors'
  | 'listInstances'
  | 'getInstance'
  | 'revealPassword'
  | 'listEvents'
  | 'listSamples'
  | 'getSystem';

export function instanceHandlers({ store, host }: ApiParts): SomeHandlers<Names> {
  return {
    listDatastoreVersions: async () => ({ items: await host.listVersions() }),
    listFlavors: async () => ({ items: [...flavors] }),
    listInstances: async ({ scope, query }) => {
      const { project, ...wanted } = query;
      const found = await store.instanceDirectory.page(narrow(scope, project), wanted);
      return { items: await store.instances.listByIds(scope, found.ids), next: found.next, total: found.total };
    },
    getInstance: async ({ addressed }) => addressed,
    revealPassword: async ({ actor, addressed, body }) => {
      const secretId = await store.instances.findPassword(addressed.id, body.user);
      if (secretId === null)
        throw new GuestboardError('not-found', 'Guestboard made no password for this user, so there is none to reveal.');
      const password = await store.secrets.unseal(secretId);
      await store.transact((tx) =>
        store.events.record(tx, {
          projectId: addressed.projectId,
          instanceId: addressed.id,
          code: 'password-revealed',
          tone: 'attention',
          sentence: `${actor.name} revealed the password of user ${body.user}.`,
          detail: null,
          at: new Date(),
        }),
      );
      return { user: body.user, password };
    },
    listEvents: async ({ addressed, query }) => {
      if (query.cursor !== undefined && !/^\d{1,18}$/.test(query.cursor))
        throw new GuestboardError('invalid-input', 'The cursor is not one this list gave out.', { field: 'cursor' });
      const before = query.cursor === undefined ? {} : { before: BigInt(query.cursor) };
      return store.events.list(addressed.id, { ...before, limit: query.limit });
    },
    listSamples: async ({ addressed, query }) => ({ items: await store.samples.list(addressed.id, query.minutes) }),
    getSystem: () => host.describeSystem(),
  };
}
