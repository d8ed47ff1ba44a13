import type { Instance } from '#contract/resources/instance.ts';

/** Every page a signed-in operator can reach, by what it is called. */
export function everyPage(instance: Instance): { title: string; path: string }[] {
  const tabs = ['overview', 'databases', 'users', 'connections', 'logs', 'backups', 'replication', 'configuration', 'operations', 'events'];
  return [
    { title: 'instances', path: '/instances' },
    { title: 'new instance', path: '/instances/new' },
    ...tabs.map((tab) => ({ title: `instance, ${tab}`, path: `/instances/${instance.id}/${tab}` })),
    { title: 'map', path: '/map' },
    { title: 'backups', path: '/backups' },
    { title: 'operations', path: '/operations' },
    { title: 'configuration', path: '/configuration' },
    { title: 'storage', path: '/storage' },
    { title: 'projects', path: '/projects' },
    { title: 'API tokens', path: '/tokens' },
    { title: 'system', path: '/system' },
  ];
}
