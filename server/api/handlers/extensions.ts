import { getDatastore, hasCapability } from '#contract/datastores/definitions.ts';
import { GuestboardError } from '#contract/errors.ts';
import { DatabaseName, ExtensionName } from '#contract/names.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';
import { parse } from '../read-request.ts';
import { createTell } from '../tell.ts';

export function extensionHandlers({ store, guests }: ApiParts): SomeHandlers<'listExtensions' | 'createExtension' | 'dropExtension'> {
  const tell = createTell(store);

  return {
    listExtensions: async ({ addressed, path }) => {
      assertCapable(addressed);
      const { extensions } = await guests.query(addressed.id, 'extensions.list', { database: parse(DatabaseName, path.name, 'name') });
      return { items: extensions };
    },
    createExtension: async ({ actor, addressed, path, body }) => {
      assertCapable(addressed);
      const database = parse(DatabaseName, path.name, 'name');
      await guests.act(addressed.id, 'extensions.create', { database, name: body.name });
      await tell(actor, addressed, 'extension-created', `created extension ${body.name} in database ${database}`);
      return {};
    },
    dropExtension: async ({ actor, addressed, path, query }) => {
      assertCapable(addressed);
      const name = parse(ExtensionName, path.extension, 'extension');
      if (query.cascade !== undefined && query.cascade !== name)
        throw new GuestboardError('confirmation-mismatch', 'To drop what depends on it, too, cascade is the extension’s name.', {
          field: 'cascade',
        });
      const database = parse(DatabaseName, path.name, 'name');
      await guests.act(addressed.id, 'extensions.drop', { database, name, cascade: query.cascade !== undefined });
      await tell(actor, addressed, 'extension-dropped', `dropped extension ${name} in database ${database}`);
      return {};
    },
  };
}

function assertCapable({ datastore }: Instance): void {
  if (!hasCapability(datastore, 'extensions'))
    throw new GuestboardError('not-implemented', `${getDatastore(datastore).title} has no extensions.`);
}
