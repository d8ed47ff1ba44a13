import { type DatastoreName, getDatastore } from '#contract/datastores/definitions.ts';

/** Something a user may be granted: a database by its name, or one of the presets of an engine that knows no rights for single databases. */
export type Grantable = { key: string; title: string; meaning?: string };

export function listGrantable(datastore: DatastoreName, databases: readonly string[]): readonly Grantable[] {
  return getDatastore(datastore).presets ?? databases.map((name) => ({ key: name, title: name }));
}

/** What a new user gets unless somebody chooses. */
export function listFirstGrants(datastore: DatastoreName, databases: readonly string[]): string[] {
  const [preset] = getDatastore(datastore).presets ?? [];
  if (preset !== undefined) return [preset.key];
  return databases.length === 1 ? [...databases] : [];
}
