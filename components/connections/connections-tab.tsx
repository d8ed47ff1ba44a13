'use client';
import { Cable } from 'lucide-react';
import { useMemo, useState } from 'react';
import { formatNumber } from '#client/format.ts';
import { useOperationFacts } from '#client/operation-facts.ts';
import { useConnections } from '#client/queries/connections.ts';
import { NeedsRunning } from '#components/accounts/needs-running.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Input } from '#components/ui/input.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { Connection, ConnectionState } from '#contract/resources/connection.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { explainDenial } from '#contract/rights.ts';
import { connectionStates } from './connection-states.ts';
import { ConnectionTable } from './connection-table.tsx';
import { orderByWaiting } from './order-by-waiting.ts';

export function ConnectionsTab({ instance }: { instance: Instance }) {
  const connections = useConnections(instance.id);
  const { facts } = useOperationFacts(instance, instance.projectId);
  const refusal =
    facts === null ? 'Your rights are being looked up.' : explainDenial(facts.actor, 'connection.end', { projectId: instance.projectId });
  const [text, setText] = useState('');
  const items = connections.data?.items;
  const placed = useMemo(() => orderByWaiting(items ?? []).filter(({ connection }) => holds(connection, text)), [items, text]);
  return (
    <NeedsRunning instance={instance} what="Connections">
      <Panel
        title="Connections"
        note={items === undefined ? undefined : summarise(items, connections.data?.total ?? items.length)}
        flush
        actions={
          <Input
            type="search"
            aria-label="Only connections with this text in user, database, statement or origin"
            placeholder="Filter"
            className="h-7! w-44!"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        }
      >
        <Loaded query={connections} skeleton={<SkeletonRows rows={6} label="Reading connections" />} what="The list of connections">
          {(data) =>
            data.items.length === 0 ? (
              <EmptyState icon={Cable} title="Nobody is connected" sentence="Programs appear here within two seconds of connecting." />
            ) : placed.length === 0 ? (
              <p className="px-4 py-6 text-center text-muted">No connection has “{text}” in it.</p>
            ) : (
              <ConnectionTable instanceId={instance.id} placed={placed} refusal={refusal} />
            )
          }
        </Loaded>
      </Panel>
    </NeedsRunning>
  );
}

/** "12 · 2 waiting · 3 active" */
function summarise(items: readonly Connection[], total: number): string {
  const counts = (['waiting', 'active', 'idle-in-transaction'] satisfies ConnectionState[])
    .map((state) => ({ state, count: items.filter((item) => item.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${formatNumber(count)} ${connectionStates[state].label.toLowerCase()}`);
  return [formatNumber(total), ...counts].join(' · ');
}

function holds({ user, database, program, address, statement, state }: Connection, text: string): boolean {
  const words = [user, database, program, address, statement, connectionStates[state].label].join('\n').toLowerCase();
  return words.includes(text.trim().toLowerCase());
}
