import { clsx } from 'clsx';
import { type ReactNode, useRef } from 'react';
import { formatExact, formatTime } from '#client/format.ts';
import { Go } from '#components/ui/go.tsx';
import { ClockTime } from '#components/ui/relative-time.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import { Tooltip } from '#components/ui/tooltip.tsx';
import { useWidth } from '#components/ui/use-width.ts';
import type { InstanceEvent } from '#contract/resources/event.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { localise } from '../events/event-list.tsx';
import { eventTones } from '../events/event-tone.ts';
import { clusterMoments, clusterSpans } from './cluster-moments.ts';
import { plotGutter } from './create-plot.ts';

export type EventsStripProps = {
  instanceId: string;
  events: readonly InstanceEvent[];
  operations: readonly Operation[];
  span: readonly [number, number];
};

/** What can be hit with a finger: closer marks become one that counts them. */
const targetPx = 24;
/** A mark with a count of two digits. */
const markPx = 34;

/** What happened, on the charts' own time axis: events as marks, operations as bars. Each is reachable by keyboard. */
export function EventsStrip({ instanceId, events, operations, span }: EventsStripProps) {
  const element = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(element);
  const [fromMs, toMs] = span;
  const toSpanMs = (px: number) => (px / Math.max(widthPx, targetPx)) * (toMs - fromMs);
  const place = (ms: number) => ((Math.min(Math.max(ms, fromMs), toMs) - fromMs) / (toMs - fromMs)) * 100;
  const marks = clusterMoments(events, (event) => Date.parse(event.at), toSpanMs(markPx));
  const shown = operations.filter((operation) => Date.parse(operation.endedAt ?? new Date(toMs).toISOString()) >= fromMs);
  const spanOf = ({ startedAt, createdAt, endedAt }: Operation) => {
    const begunMs = Math.max(Date.parse(startedAt ?? createdAt), fromMs);
    return [Math.min(begunMs, toMs - toSpanMs(targetPx)), endedAt === null ? toMs : Math.min(Date.parse(endedAt), toMs)] as const;
  };
  const bars = clusterSpans(shown, spanOf, toSpanMs(targetPx));
  const isEmpty = marks.length === 0 && bars.length === 0;
  return (
    <div ref={element} className="h-12" style={{ marginLeft: plotGutter.left, marginRight: plotGutter.right }}>
      {isEmpty && <p className="pt-1 text-12 text-faint">Nothing happened in this time.</p>}
      {!isEmpty && widthPx > 0 && (
        <ul aria-label="What happened in this time" className="relative h-full">
          {bars.map((bar) => (
            <li
              key={bar.items[0]?.id}
              className="absolute top-6 h-6"
              style={{ left: `${place(bar.fromMs)}%`, width: `${place(bar.toMs) - place(bar.fromMs)}%` }}
            >
              <OperationsBar instanceId={instanceId} operations={bar.items} />
            </li>
          ))}
          {marks.map((cluster) => (
            <li
              key={cluster[0]?.id}
              className="absolute top-0 -translate-x-1/2"
              style={{ left: `${place(Date.parse(cluster[0]?.at ?? ''))}%` }}
            >
              <EventsMark instanceId={instanceId} events={cluster} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function OperationsBar({ instanceId, operations }: { instanceId: string; operations: readonly Operation[] }) {
  const [first] = operations;
  const failed = operations.some(({ state }) => state === 'failed');
  const words = operations.map(({ title, state, createdAt }) => `${title}, ${state}, ${formatTime(createdAt)}`);
  const href = operations.length === 1 ? `/operations/${first?.id}` : `/instances/${instanceId}/operations`;
  return (
    <Tooltip
      text={
        <Lines of={operations.map(({ id, title, state, createdAt }) => ({ id, words: `${title}: ${state}, ${formatExact(createdAt)}` }))} />
      }
      side="bottom"
    >
      <Go
        href={href}
        aria-label={operations.length === 1 ? words[0] : `${operations.length} operations: ${words.join('. ')}`}
        className="group flex h-full items-start rounded"
      >
        <span className={clsx('h-1.5 w-full rounded-full', failed ? 'bg-broken' : 'bg-working/60 group-hover:bg-working')} />
      </Go>
    </Tooltip>
  );
}

function EventsMark({ instanceId, events }: { instanceId: string; events: readonly InstanceEvent[] }) {
  const worst = events.find((event) => event.tone === 'broken') ?? events.find((event) => event.tone === 'attention') ?? events[0];
  if (worst === undefined) return null;
  const lines = events.map((event) => ({
    id: event.id,
    words: (
      <>
        <ClockTime at={event.at} className="num text-faint" /> {localise(event)}
      </>
    ),
  }));
  return (
    <Tooltip text={<Lines of={lines} />} side="bottom">
      <Go
        href={`/instances/${instanceId}/events`}
        aria-label={`${events.length > 1 ? `${events.length} events: ` : ''}${events.map((event) => `${formatTime(event.at)} ${localise(event)}`).join(' ')}`}
        className="flex h-6 min-w-6 items-center justify-center gap-0.5 rounded hover:bg-hover"
      >
        <Mark tone={eventTones[worst.tone]} size={10} />
        {events.length > 1 && (
          <span aria-hidden className="num text-12 text-muted">
            {events.length}
          </span>
        )}
      </Go>
    </Tooltip>
  );
}

function Lines({ of: lines }: { of: readonly { id: string; words: ReactNode }[] }) {
  return (
    <span className="grid gap-1">
      {lines.slice(0, 5).map(({ id, words }) => (
        <span key={id}>{words}</span>
      ))}
      {lines.length > 5 && <span className="text-faint">and {lines.length - 5} more</span>}
    </span>
  );
}
