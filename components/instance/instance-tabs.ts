import type { Capability } from '#contract/datastores/datastore.ts';
import { getDatastore } from '#contract/datastores/definitions.ts';
import type { Instance } from '#contract/resources/instance.ts';

const tabs = {
  overview: { title: 'Overview', needs: null },
  databases: { title: 'Databases', needs: 'accounts' },
  users: { title: 'Users', needs: 'accounts' },
  connections: { title: 'Connections', needs: 'connections' },
  logs: { title: 'Logs', needs: 'logs' },
  backups: { title: 'Backups', needs: 'backup' },
  replication: { title: 'Replication', needs: 'replication' },
  configuration: { title: 'Configuration', needs: 'configuration' },
  operations: { title: 'Operations', needs: null },
  events: { title: 'Events', needs: null },
} as const satisfies Record<string, { title: string; needs: Capability | null }>;

export type InstanceTab = keyof typeof tabs;

/** The tabs an instance has: a datastore without a capability has no tab for it. */
export function listInstanceTabs(instance: Pick<Instance, 'id' | 'datastore'>): { key: InstanceTab; title: string; href: string }[] {
  const { capabilities } = getDatastore(instance.datastore);
  return (Object.keys(tabs) as InstanceTab[])
    .filter((key) => {
      const { needs } = tabs[key];
      return needs === null || capabilities.includes(needs);
    })
    .map((key) => ({ key, title: tabs[key].title, href: hrefOf(instance.id, key) }));
}

export function hrefOf(instanceId: string, tab: InstanceTab = 'overview'): string {
  return tab === 'overview' ? `/instances/${instanceId}` : `/instances/${instanceId}/${tab}`;
}
