'use client';
import dynamic from 'next/dynamic';
import type { ComponentType } from 'react';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import type { InstanceTab } from './instance-tabs.ts';
import { OverviewTab } from './overview-tab.tsx';

const loading = () => (
  <Panel flush>
    <SkeletonRows rows={8} label="Opening" />
  </Panel>
);
type Content = ComponentType<{ instance: Instance }>;

/** Each tab's code is loaded when it is first opened. */
const contents: Record<InstanceTab, Content> = {
  overview: OverviewTab,
  databases: dynamic(() => import('../accounts/databases-tab.tsx').then((room) => room.DatabasesTab), { loading }),
  users: dynamic(() => import('../accounts/users-tab.tsx').then((room) => room.UsersTab), { loading }),
  connections: dynamic(() => import('../connections/connections-tab.tsx').then((room) => room.ConnectionsTab), { loading }),
  logs: dynamic(() => import('../logs/logs-tab.tsx').then((room) => room.LogsTab), { loading }),
  backups: dynamic(() => import('../backups/backups-tab.tsx').then((room) => room.BackupsTab), { loading }),
  replication: dynamic(() => import('../replication/replication-tab.tsx').then((room) => room.ReplicationTab), { loading }),
  configuration: dynamic(() => import('../configuration-groups/configuration-tab.tsx').then((room) => room.ConfigurationTab), { loading }),
  operations: dynamic(() => import('./operations-tab.tsx').then((room) => room.OperationsTab), { loading }),
  events: dynamic(() => import('../events/events-tab.tsx').then((room) => room.EventsTab), { loading }),
};

export function TabContent({ instance, tab }: { instance: Instance; tab: InstanceTab }) {
  const Content = contents[tab];
  return <Content instance={instance} />;
}
