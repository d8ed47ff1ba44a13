import type { DatastoreName } from '#contract/datastores/index.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { createInstance } from '../e2e/instances.ts';
import type { Rest } from '../e2e/rest.ts';

export type Timed = { datastore: DatastoreName; title: string };

/** Every engine the bench measures, by the title it has on the page. */
export const engines = [
  { datastore: 'postgresql', title: 'PostgreSQL' },
  { datastore: 'mariadb', title: 'MariaDB' },
  { datastore: 'redis', title: 'Redis' },
] as const satisfies readonly Timed[];

/** Debian's where the host has it, as most instances will be. */
export async function chooseVersion(rest: Rest, datastore: DatastoreName): Promise<string> {
  const known = (await rest('listDatastoreVersions')).items.filter((candidate) => candidate.datastore === datastore);
  const chosen = known.find(({ origin }) => origin === 'Debian') ?? known[0];
  if (!chosen) throw new Error(`This host has no ${datastore}.`);
  return chosen.version;
}

/** One healthy instance of every engine. */
export async function createOneOfEach(rest: Rest): Promise<{ title: string; instance: Instance }[]> {
  const made: { title: string; instance: Instance }[] = [];
  for (const { datastore, title } of engines) {
    const instance = await createOne(rest, datastore);
    made.push({ title: `${title} ${instance.version}`, instance });
  }
  return made;
}

/** A healthy one, with a user. */
export async function createOne(rest: Rest, datastore: DatastoreName): Promise<Instance> {
  const version = await chooseVersion(rest, datastore);
  const accounts = datastore === 'redis' ? { databases: [], users: [{ name: 'keeper', databases: ['application'] }] } : {};
  return createInstance(rest, { datastore, version, ...accounts });
}
