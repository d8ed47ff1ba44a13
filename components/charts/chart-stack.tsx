'use client';
import { Table2 } from 'lucide-react';
import { useCallback, useId, useMemo, useState } from 'react';
import { zoneName } from '#client/format.ts';
import { useEvents } from '#client/queries/events.ts';
import { useOperations } from '#client/queries/operations.ts';
import { createStore, type Store, useStore } from '#client/store.ts';
import { Button } from '#components/ui/button.tsx';
import { ErrorState } from '#components/ui/error-state.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { ClockTime } from '#components/ui/relative-time.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import { type ChartDefinition, findQualityChart, listLoadCharts, listResourceCharts } from './chart-definition.ts';
import { ChartFigure } from './chart-figure.tsx';
import { ChartTable } from './chart-table.tsx';
import type { ChartMark } from './create-plot.ts';
import { EventsLegend } from './events-legend.tsx';
import { EventsStrip } from './events-strip.tsx';
import { Occasions } from './occasions.tsx';
import { useSampleWindow, windowMinutes } from './use-sample-window.ts';

/** Load, quality, memory and disk of the last fifteen minutes under one cursor, with what happened beneath. */
export function ChartStack({ instance }: { instance: Instance }) {
  const { timeline, span, query } = useSampleWindow(instance);
  const events = useEvents(instance.id).data?.items;
  const operations = useOperations({ instance: instance.id }).data?.items ?? [];
  const [loadKey, setLoadKey] = useState<string | null>(null);
  const [asTable, setAsTable] = useState(false);
  const [hover] = useState(() => createStore<number | null>(null));
  const syncKey = useId();

  const { datastore, flavorId, volumeBytes } = instance;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart is remade only when what it is drawn from changes.
  const { loads, fixed } = useMemo(
    () => ({ loads: listLoadCharts(instance), fixed: [findQualityChart(instance), ...listResourceCharts(instance)].filter(isChart) }),
    [datastore, flavorId, volumeBytes],
  );
  const load = loads.find((chart) => chart.key === loadKey) ?? loads[0];
  const charts = useMemo(() => [load, ...fixed].filter(isChart), [load, fixed]);
  const recent = useMemo(() => (events ?? []).filter((event) => Date.parse(event.at) >= span[0]), [events, span]);
  const marks = useMemo<ChartMark[]>(
    () => recent.filter((event) => event.tone !== 'info').map((event) => ({ atMs: Date.parse(event.at), tone: event.tone })),
    [recent],
  );
  const onHover = useCallback((index: number | null) => hover.set(index), [hover]);

  if (query.error !== null && query.data === undefined) {
    return (
      <Panel title="Last 15 minutes">
        <ErrorState error={query.error} onRetry={() => void query.refetch()} what="What was measured" />
      </Panel>
    );
  }
  return (
    <Panel
      title={`Last ${windowMinutes} minutes`}
      note={<HoverTime hover={hover} times={timeline.times} />}
      flush
      actions={
        <Button look="quiet" size="sm" icon={Table2} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'Show charts' : 'Show as table'}
        </Button>
      }
    >
      {asTable ? (
        <ChartTable charts={charts} timeline={timeline} />
      ) : (
        <div className="pb-2" aria-busy={query.data === undefined}>
          {charts.map((chart, place) => (
            <ChartFigure
              key={place === 0 ? 'load' : chart.key}
              definition={chart}
              {...(place === 0 ? { choices: loads, onChoose: setLoadKey } : {})}
              timeline={timeline}
              span={span}
              marks={marks}
              hover={hover}
              syncKey={syncKey}
              showsTime={place === charts.length - 1}
              onHover={onHover}
            />
          ))}
          <Occasions instance={instance} />
          {events === undefined ? (
            <div className="h-12" />
          ) : (
            <EventsStrip instanceId={instance.id} events={recent} operations={operations} span={span} />
          )}
          <EventsLegend />
        </div>
      )}
    </Panel>
  );
}

/** The moment under the cursor, and the zone that every time in the charts is in. */
function HoverTime({ hover, times }: { hover: Store<number | null>; times: readonly number[] }) {
  const index = useStore(hover);
  const seconds = index === null ? undefined : times[index];
  return (
    <span className="num">
      {seconds !== undefined && <ClockTime at={seconds * 1000} />} {zoneName(seconds === undefined ? undefined : seconds * 1000)}
    </span>
  );
}

function isChart(chart: ChartDefinition | null | undefined): chart is ChartDefinition {
  return chart != null;
}
