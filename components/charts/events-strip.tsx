import { clsx } from 'clsx';
import { useMemo } from 'react';
import { formatExact, formatTime } from '#client/format.ts';
import { Go } from '#components/ui/go.tsx';
import { ClockTime } from '#components/ui/relative-time.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import { Tooltip } from '#components/ui/tooltip.tsx';
import type { InstanceEvent } from '#contract/resources/event.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { localise } from '../events/event-list.tsx';
import { eventTones } from '../events/event-tone.ts';
import { clusterMoments } from './cluster-moments.ts';
import { plotGutter } from './create-plot.ts';

export type EventsStripProps = {
  instanceId: string;
  events: readonly InstanceEvent[];
  operations: readonly Operation[];
  span: readonly [number, number];
};

/** What happened, on the charts' own time axis: events as marks, operations as bars. Each is reachable by keyboard. */
export function EventsStrip({ instanceId, events, operations, span }: EventsStripProps) {
  const [fromMs, toMs] = span;
  const place = (ms: number) => ((Math.min(Math.max(ms, fromMs), toMs) - fromMs) / (toMs - fromMs)) * 100;
  const clusters = useMemo(() => clusterMoments(events, (event) => Date.parse(event.at), (toMs - fromMs) / 60), [events, fromMs, toMs]);
  const bars = operations.filter((operation) => Date.parse(operation.endedAt ?? new Date(toMs).toISOString()) >= fromMs);
  if (clusters.length === 0 && bars.length === 0) return <p className="h-7 px-4 pt-1 text-12 text-faint">Nothing happened in this time.</p>;
  return (
    <ul
      aria-label="What happened in this time"
      className="relative h-7"
      style={{ marginLeft: plotGutter.left, marginRight: plotGutter.right }}
    >
      {bars.map((operation) => {
        const left = place(Date.parse(operation.startedAt ?? operation.createdAt));
        const right = place(operation.endedAt === null ? toMs : Date.parse(operation.endedAt));
        return (
          <li key={operation.id} className="absolute top-5 h-1.5" style={{ left: `${left}%`, width: `max(6px, ${right - left}%)` }}>
            <Tooltip text={`${operation.title}: ${operation.state}, ${formatExact(operation.createdAt)}`} side="bottom">
              <Go
                href={`/operations/${operation.id}`}
                aria-label={`${operation.title}, ${operation.state}, ${formatTime(operation.createdAt)}`}
                className={clsx('block h-full rounded-full', operation.state === 'failed' ? 'bg-broken' : 'bg-working/60 hover:bg-working')}
              />
            </Tooltip>
          </li>
        );
      })}
      {clusters.map((cluster) => {
        const worst = cluster.find((event) => event.tone === 'broken') ?? cluster.find((event) => event.tone === 'attention') ?? cluster[0];
        if (worst === undefined) return null;
        return (
          <li key={worst.id} className="absolute top-0 -translate-x-1/2" style={{ left: `${place(Date.parse(worst.at))}%` }}>
            <Tooltip text={<Sentences events={cluster} />} side="bottom">
              <Go
                href={`/instances/${instanceId}/events`}
                aria-label={`${cluster.length > 1 ? `${cluster.length} events: ` : ''}${cluster.map((event) => `${formatTime(event.at)} ${localise(event)}`).join(' ')}`}
                className="flex h-5 min-w-5 items-center justify-center gap-0.5 rounded hover:bg-hover"
              >
                <Mark tone={eventTones[worst.tone]} size={10} />
                {cluster.length > 1 && (
                  <span aria-hidden className="num text-12 text-muted">
                    {cluster.length}
                  </span>
                )}
              </Go>
            </Tooltip>
          </li>
        );
      })}
    </ul>
  );
}

function Sentences({ events }: { events: readonly InstanceEvent[] }) {
  return (
    <span className="grid gap-1">
      {events.slice(0, 5).map((event) => (
        <span key={event.id}>
          <ClockTime at={event.at} className="num text-faint" /> {localise(event)}
        </span>
      ))}
      {events.length > 5 && <span className="text-faint">and {events.length - 5} more</span>}
    </span>
  );
}
