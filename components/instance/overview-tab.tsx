'use client';
import { useEvents } from '#client/queries/events.ts';
import { useOperation, useOperations } from '#client/queries/operations.ts';
import { ChartStack } from '#components/charts/chart-stack.tsx';
import { ConnectionCard } from '#components/connection/connection-card.tsx';
import { EventList } from '#components/events/event-list.tsx';
import { OperationView } from '#components/operations/operation-view.tsx';
import { Go } from '#components/ui/go.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import { FactsPanel } from './facts-panel.tsx';
import { hrefOf } from './instance-tabs.ts';

/** The first screen: the charts or, before there is anything to measure, the steps that build it; beside them how to connect. */
export function OverviewTab({ instance }: { instance: Instance }) {
  const building = instance.guest === null || instance.runningStatus === 'BUILD';
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(320px,1fr)]">
      <div className="grid min-w-0 content-start gap-4">
        {building ? <Building instance={instance} /> : <ChartStack instance={instance} />}
        <RecentEvents instance={instance} />
      </div>
      <div className="grid min-w-0 content-start gap-4">
        <ConnectionCard instance={instance} />
        <FactsPanel instance={instance} />
      </div>
    </div>
  );
}

function Building({ instance }: { instance: Instance }) {
  const operations = useOperations({ instance: instance.id });
  const id = instance.operationId ?? operations.data?.items[0]?.id ?? null;
  return (
    <Panel title={instance.errored ? 'It could not be built' : 'It is being built'}>
      {id === null ? <SkeletonRows rows={5} label="Reading the steps" /> : <Steps id={id} />}
    </Panel>
  );
}

function Steps({ id }: { id: string }) {
  const operation = useOperation(id);
  return (
    <Loaded query={operation} skeleton={<SkeletonRows rows={5} label="Reading the steps" />} what="The operation">
      {(data) => <OperationView operation={data} heading={(name) => <h3 className="text-14">{name}</h3>} />}
    </Loaded>
  );
}

function RecentEvents({ instance }: { instance: Instance }) {
  const events = useEvents(instance.id);
  return (
    <Panel
      title="Latest events"
      flush
      actions={
        <Go href={hrefOf(instance.id, 'events')} className="text-12 text-accent hover:underline">
          All events
        </Go>
      }
    >
      <Loaded query={events} skeleton={<SkeletonRows rows={3} label="Reading events" />} what="The list of events">
        {({ items }) =>
          items.length === 0 ? (
            <p className="px-4 py-3 text-muted">Nothing has happened yet.</p>
          ) : (
            <EventList events={items.slice(0, 5)} brief />
          )
        }
      </Loaded>
    </Panel>
  );
}
