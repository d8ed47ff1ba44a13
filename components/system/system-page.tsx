'use client';

import type { ReactNode } from 'react';
import { formatDuration, formatNumber } from '#client/format.ts';
import { useSystem } from '#client/queries/catalogue.ts';
import { useDenial } from '#client/queries/me.ts';
import { Awake } from '#components/ui/awake.tsx';
import { NoPermission } from '#components/ui/error-state.tsx';
import { Go } from '#components/ui/go.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import { WaitingPage } from '#components/ui/waiting-page.tsx';
import { DatastoreName, getDatastore } from '#contract/datastores/index.ts';
import type { Tone } from '#contract/health.ts';
import type { System } from '#contract/resources/system.ts';
import { RecoveryPanel } from './recovery-panel.tsx';
import { StorageSweepPanel } from './storage-sweep-panel.tsx';

/** The control plane about itself, for operators: is it keeping up, and who is connected? */
export function SystemPage() {
  return (
    <Awake fallback={<WaitingPage title="System" rows={8} label="The system is being looked at" />}>
      <Guarded />
    </Awake>
  );
}

function Guarded() {
  const denial = useDenial('system.read', null);
  if (denial === null) return <Loading />;
  return (
    <>
      <PageHead title="System" />
      <NoPermission sentence={`The system page shows the whole control plane. ${denial}`} />
    </>
  );
}

function Loading() {
  const query = useSystem();
  return (
    <Loaded
      query={query}
      skeleton={<WaitingPage title="System" rows={8} label="The system is being looked at" />}
      what="The state of the control plane"
      page="System"
    >
      {(system) => <Shown system={system} />}
    </Loaded>
  );
}

function Shown({ system }: { system: System }) {
  const { queue, conductor } = system;
  const waited = queue.oldestCommandMs ?? 0;
  return (
    <div className="space-y-4">
      <PageHead title="System" facts={<span className="num">Guestboard {system.version}</span>} />
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-panel border border-line bg-line md:grid-cols-4">
        <Figure
          title="Conductor lag"
          value={formatDuration(conductor.lagMs)}
          says="from heartbeat sent to written down"
          tone={conductor.lagMs > 2000 ? 'broken' : conductor.lagMs > 500 ? 'attention' : 'healthy'}
        />
        <Figure
          title="Reports"
          value={`${formatNumber(conductor.reportsPerSecond)} /s`}
          says={`${formatNumber(conductor.written)} written; ${formatNumber(conductor.droppedLate)} late and ${formatNumber(conductor.droppedMalformed)} malformed dropped`}
        />
        <Figure
          title="Operations"
          value={formatNumber(queue.operationsRunning)}
          says={`running; ${queue.operationsQueued} queued`}
          tone={queue.operationsQueued > 10 ? 'attention' : undefined}
        />
        <Figure
          title="Commands waiting"
          value={formatNumber(queue.commandsWaiting)}
          says={queue.oldestCommandMs === null ? 'none is waiting for its agent' : `the oldest for ${formatDuration(waited)}`}
          tone={waited > 10_000 ? 'attention' : undefined}
        />
      </dl>
      <div className="grid gap-4 lg:grid-cols-2">
        <Panel title="Replicas of the server" flush>
          <Lines
            caption="Replicas"
            heads={['Replica', 'Started', 'Last beat', 'Agents']}
            rows={system.replicas.map((replica) => ({
              key: replica.id,
              cells: [
                <span key="id" className="num">
                  {replica.id}
                </span>,
                <RelativeTime key="s" at={replica.startedAt} />,
                <RelativeTime key="b" at={replica.beatAt} />,
                formatNumber(replica.agents),
              ],
            }))}
          />
        </Panel>
        <Panel title="Agents by version" flush>
          <Lines
            caption="Agents by version"
            heads={['Version', 'Protocol', 'Agents']}
            rows={system.agents.map((agent) => ({
              key: `${agent.version} ${agent.protocolVersion}`,
              cells: [
                <span key="v" className="num">
                  {agent.version}
                </span>,
                <span key="p" className="num">
                  {agent.protocolVersion}
                </span>,
                formatNumber(agent.count),
              ],
            }))}
          />
        </Panel>
        <Panel title="Clock skew" note="agent’s clock minus the control plane’s" flush>
          <Lines
            caption="Clock skew"
            heads={['Instance', 'Skew']}
            rows={[...system.clockSkews]
              .sort((a, b) => Math.abs(b.skewMs) - Math.abs(a.skewMs))
              .slice(0, 10)
              .map((skew) => ({
                key: skew.instanceId,
                cells: [
                  <Go key="i" href={`/instances/${skew.instanceId}`} className="hover:text-accent">
                    {skew.instanceName}
                  </Go>,
                  <Skew key="s" ms={skew.skewMs} />,
                ],
              }))}
          />
        </Panel>
        <Panel title="Datastores on this host" flush>
          <Lines
            caption="Datastores"
            heads={['Datastore', 'Version', 'From']}
            rows={system.datastores.map((store) => ({
              key: `${store.datastore} ${store.full} ${store.origin}`,
              cells: [
                titleOf(store.datastore),
                <span key="v" className="num">
                  {store.full}
                </span>,
                store.origin,
              ],
            }))}
          />
        </Panel>
      </div>
      <RecoveryPanel />
      <StorageSweepPanel sweep={system.storageSweep} />
      <Panel title="This host">
        <ul className="space-y-1.5">
          <li className="flex gap-2">
            <Mark tone={system.isolation.accounts ? 'healthy' : 'attention'} className="mt-1" />
            {system.isolation.sentence}
          </li>
          <Limit what="Memory" state={system.enforcement.memory} />
          <Limit what="CPU" state={system.enforcement.cpu} />
        </ul>
      </Panel>
    </div>
  );
}

function Figure({ title, value, says, tone }: { title: string; value: string; says: string; tone?: Tone | undefined }) {
  return (
    <div className="bg-panel px-4 py-3">
      <dt className="flex items-center gap-1.5 text-12 text-faint">
        {tone !== undefined && <Mark tone={tone} size={10} />}
        {title}
      </dt>
      <dd className="num mt-1 text-20">{value}</dd>
      <dd className="mt-0.5 text-12 text-muted">{says}</dd>
    </div>
  );
}

function Lines({
  caption,
  heads,
  rows,
}: {
  caption: string;
  heads: readonly string[];
  rows: readonly { key: string; cells: readonly ReactNode[] }[];
}) {
  if (rows.length === 0) return <p className="px-4 py-3 text-muted">None.</p>;
  return (
    <Table caption={caption}>
      <thead>
        <tr>
          {heads.map((head, index) => (
            <HeadCell key={head} numeric={index === heads.length - 1}>
              {head}
            </HeadCell>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <TableRow key={row.key}>
            {heads.map((head, index) => (
              <Cell key={head} numeric={index === heads.length - 1}>
                {row.cells[index]}
              </Cell>
            ))}
          </TableRow>
        ))}
      </tbody>
    </Table>
  );
}

function titleOf(datastore: string): string {
  const known = DatastoreName.safeParse(datastore);
  return known.success ? getDatastore(known.data).title : datastore;
}

function Skew({ ms }: { ms: number }) {
  return (
    <span
      className={Math.abs(ms) > 1000 ? 'text-attention' : ''}
    >{`${ms > 0 ? '+' : ms < 0 ? '−' : ''}${Math.abs(ms) < 1000 ? `${Math.abs(Math.round(ms))} ms` : formatDuration(Math.abs(ms))}`}</span>
  );
}

function Limit({ what, state }: { what: string; state: 'enforced' | 'advisory' }) {
  return (
    <li className="flex gap-2">
      <Mark tone={state === 'enforced' ? 'healthy' : 'unknown'} className="mt-1" />
      {state === 'enforced'
        ? `${what} limits of flavors are enforced.`
        : `${what} limits of flavors are advisory: this host lets nobody enforce them.`}
    </li>
  );
}
