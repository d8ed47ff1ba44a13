import { toApiProblem } from '#client/problem.ts';
import { type DatastoreName, getDatastore } from '#contract/datastores/definitions.ts';
import { getDetailedDatastore } from '#contract/datastores/details.ts';
import { type Grant, grantLevelTitles } from '#contract/grants.ts';

/** What a new user gets unless somebody chooses. */
export function listFirstGrants(datastore: DatastoreName, databases: readonly string[]): Grant[] {
  const [preset] = getDatastore(datastore).presets ?? [];
  if (preset !== undefined) return [preset.key];
  return databases.length === 1 ? [...databases] : [];
}

/** Why one of the rules was not taken, where a field asks for rules. */
export function findRuleFault(datastore: DatastoreName, error: unknown): string | undefined {
  if (error === null || getDetailedDatastore(datastore).rules === undefined) return undefined;
  const { field, message } = toApiProblem(error);
  return field?.split('.')[0] === 'grants' ? message : undefined;
}

/** A grant in few words: what is granted in full by its name alone. */
export function nameGrant(grant: Grant): string {
  return typeof grant === 'string' ? grant : `${grant.database} · ${grantLevelTitles[grant.level].toLowerCase()}`;
}
