'use client';
import type { ComponentType } from 'react';
import { later } from '#components/ui/later.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import type { InstanceTab } from './instance-tabs.ts';
import { OverviewTab } from './overview-tab.tsx';

const waiting = (
  <Panel flush>
    <SkeletonRows rows={8} label="Opening" />
  </Panel>
);
type Content = ComponentType<{ instance: Instance }>;

/** Each tab's code is loaded when it is first opened. */
const contents: Record<InstanceTab, Content> = {
  overview: OverviewTab,
  databases: later(() => import('../accounts/databases-tab.tsx').then((room) => room.DatabasesTab), waiting),
  users: later(() => import('../accounts/users-tab.tsx').then((room) => room.UsersTab), waiting),
  connections: later(() => import('../connections/connections-tab.tsx').then((room) => room.ConnectionsTab), waiting),
  logs: later(() => import('../logs/logs-tab.tsx').then((room) => room.LogsTab), waiting),
  backups: later(() => import('../backups/backups-tab.tsx').then((room) => room.BackupsTab), waiting),
  replication: later(() => import('../replication/replication-tab.tsx').then((room) => room.ReplicationTab), waiting),
  configuration: later(() => import('../configuration-groups/configuration-tab.tsx').then((room) => room.ConfigurationTab), waiting),
  operations: later(() => import('./operations-tab.tsx').then((room) => room.OperationsTab), waiting),
  events: later(() => import('../events/events-tab.tsx').then((room) => room.EventsTab), waiting),
};

export function TabContent({ instance, tab }: { instance: Instance; tab: InstanceTab }) {
  const Content = contents[tab];
  return <Content instance={instance} />;
}
