import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';
import type { InstanceList } from './queries/instances.ts';

/**
 * The group with those that have it now. An instance that takes or leaves a group says so itself, live; the group's own list is
 * of when it was fetched, and stands in for instances that are not all known yet.
 */
export function withPresentUse(group: ConfigurationGroup, instances: InstanceList | undefined): ConfigurationGroup {
  if (!instances?.complete) return group;
  const having = instances.items.filter(({ configurationGroupId }) => configurationGroupId === group.id);
  return { ...group, instanceIds: having.map(({ id }) => id) };
}
