'use client';
import { ChevronDown } from 'lucide-react';
import { memo, useMemo } from 'react';
import { type Store, useStore } from '#client/store.ts';
import type { ChartDefinition } from './chart-definition.ts';
import type { ChartMark } from './create-plot.ts';
import { formatMetric } from './format-metric.ts';
import { summarise, type Timeline } from './sample-window.ts';
import { TimeChart } from './time-chart.tsx';
import { windowMinutes } from './use-sample-window.ts';

export type ChartFigureProps = {
  definition: ChartDefinition;
  /** Other charts that may stand in this place. */
  choices?: readonly ChartDefinition[];
  onChoose?(key: string): void;
  timeline: Timeline;
  span: readonly [number, number];
  marks: readonly ChartMark[];
  hover: Store<number | null>;
  syncKey: string;
  showsTime: boolean;
  onHover(index: number | null): void;
};

/** A chart under its title, the number under the cursor, and a sentence that says the same without a picture. */
export const ChartFigure = memo(function ChartFigure({ choices, onChoose, hover, ...chart }: ChartFigureProps) {
  const { definition, timeline } = chart;
  return (
    <figure className="relative border-line border-t first:border-t-0">
      <figcaption className="flex h-6 items-baseline gap-2 pt-1 pr-3 pl-4 text-12">
        {choices === undefined ? (
          <span className="text-muted">{definition.title}</span>
        ) : (
          <span className="relative inline-flex items-center text-muted">
            <select
              aria-label="What the first chart shows"
              value={definition.key}
              onChange={(event) => onChoose?.(event.target.value)}
              className="-ml-1 appearance-none [field-sizing:content] rounded bg-transparent pr-5 pl-1 hover:bg-hover"
            >
              {choices.map((choice) => (
                <option key={choice.key} value={choice.key}>
                  {choice.title}
                </option>
              ))}
            </select>
            <ChevronDown size={12} aria-hidden className="pointer-events-none absolute right-1" />
          </span>
        )}
        <Bound definition={definition} />
        <Readout definition={definition} timeline={timeline} hover={hover} />
        <Words definition={definition} timeline={timeline} />
      </figcaption>
      <TimeChart {...chart} />
    </figure>
  );
});

function Bound({ definition: { ceiling, unit } }: { definition: ChartDefinition }) {
  if (ceiling === null || unit === 'ratio') return null;
  return <span className="num text-faint">of {formatMetric(ceiling.value, unit)}</span>;
}

/** The value under the cursor, else the newest one. */
function Readout({ definition, timeline, hover }: Pick<ChartFigureProps, 'definition' | 'timeline' | 'hover'>) {
  const index = useStore(hover);
  const row = index === null ? timeline.rows.at(-1) : timeline.rows[index];
  const value = row == null ? null : definition.read(row);
  return (
    <span className="num ml-auto text-13 text-fg" aria-hidden>
      {value === null ? '–' : formatMetric(value, definition.unit)}
    </span>
  );
}

/** Only for screen readers; not a live region, which would speak every second. */
function Words({ definition, timeline }: Pick<ChartFigureProps, 'definition' | 'timeline'>) {
  const summary = useMemo(
    () => summarise(timeline.rows.map((row) => (row === null ? null : definition.read(row)))),
    [timeline, definition],
  );
  const say = (value: number) => formatMetric(value, definition.unit);
  return (
    <span className="sr-only">
      {summary === null
        ? `${definition.title}: nothing measured in the last ${windowMinutes} minutes.`
        : `${definition.title} over the last ${windowMinutes} minutes: now ${say(summary.last)}, between ${say(summary.lowest)} and ${say(summary.highest)}, ${say(summary.mean)} on average.`}
    </span>
  );
}
