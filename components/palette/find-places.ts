import { listInstanceTabs } from '#components/instance/instance-tabs.ts';
import type { Instance } from '#contract/resources/instance.ts';

type Found = Pick<Instance, 'id' | 'name' | 'datastore'>;
export type FoundPlace = { href: string; title: string };

const most = 8;

/** "logs ord" finds the logs of orders-db; on an instance's page "logs" alone does. A project is found by its title or its name. */
export function findPlaces(
  words: readonly string[],
  here: Found | null,
  { instances, projects }: { instances: readonly Found[]; projects: readonly { id: string; title: string; name: string }[] },
): FoundPlace[] {
  if (words.length === 0) return [];
  const found: FoundPlace[] = projects
    .filter(({ title, name }) => words.every((word) => `project ${title} ${name}`.toLowerCase().includes(word)))
    .map(({ id, title }) => ({ href: `/projects/${id}`, title: `Project ${title}` }));
  for (const instance of here === null ? instances : [here, ...instances.filter((other) => other.id !== here.id)]) {
    for (const { title, href } of listInstanceTabs(instance)) {
      const left = words.filter((word) => !title.toLowerCase().includes(word));
      const isMeant = left.length === 0 ? instance === here : left.length < words.length;
      if (isMeant && left.every((word) => instance.name.includes(word))) found.push({ href, title: `${title} of ${instance.name}` });
    }
    if (found.length >= most) break;
  }
  return found.slice(0, most);
}
