import type { DatastoreName } from '#contract/datastores/definitions.ts';
import { getDetailedDatastore } from '#contract/datastores/details.ts';

/** What the name of a new user or database may look like in this engine. */
export function hintName(datastore: DatastoreName, of: 'user' | 'database'): string {
  return getDetailedDatastore(datastore).nameHints?.[of] ?? 'Anything printable up to 63 bytes; it is quoted for you.';
}
