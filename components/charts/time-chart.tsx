'use client';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { useStore } from '#client/store.ts';
import { lookChanges } from '#client/theme.ts';
import { unfetched } from '#components/ui/notify.ts';
import type { ChartDefinition } from './chart-definition.ts';
import { type ChartMark, createPlot, plotHeight } from './create-plot.ts';
import type { Timeline } from './sample-window.ts';

export type TimeChartProps = {
  definition: ChartDefinition;
  timeline: Timeline;
  /** Milliseconds at both ends of the time axis. */
  span: readonly [number, number];
  marks: readonly ChartMark[];
  syncKey: string;
  showsTime: boolean;
  onHover(index: number | null): void;
};

/** Code that does not come is asked for again. */
const againMs = 2000;

/** One line over time on a canvas. It says nothing to a screen reader: the figure around it does. */
export function TimeChart({ definition, timeline, span, marks, syncKey, showsTime, onHover }: TimeChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<uPlot | null>(null);
  const [missing, setMissing] = useState(false);
  const live = useRef({ span, marks, onHover });
  live.current = { span, marks, onHover };

  useEffect(() => {
    const target = host.current;
    if (target === null) return;
    let made: uPlot | null = null;
    let gone = false;
    let again: ReturnType<typeof setTimeout> | undefined;
    const draw = async () => {
      const UPlot = await import('uplot').then((module) => module.default).catch(() => null);
      if (gone) return;
      setMissing(UPlot === null);
      if (UPlot === null) {
        again = setTimeout(draw, againMs);
        return;
      }
      made = createPlot(UPlot, target, target.clientWidth, {
        definition,
        syncKey,
        showsTime,
        readWindow: () => [live.current.span[0] / 1000, live.current.span[1] / 1000],
        readMarks: () => live.current.marks,
        onHover: (index) => live.current.onHover(index),
      });
      setPlot(made);
    };
    void draw();
    const observer = new ResizeObserver(() => made?.setSize({ width: target.clientWidth, height: made.height }));
    observer.observe(target);
    return () => {
      gone = true;
      clearTimeout(again);
      observer.disconnect();
      made?.destroy();
      setPlot(null);
    };
  }, [definition, syncKey, showsTime]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: span and marks are read at the redraw they cause.
  useEffect(() => {
    if (plot === null) return;
    const frame = requestAnimationFrame(() =>
      plot.setData([timeline.times, timeline.rows.map((row) => (row === null ? null : definition.read(row)))]),
    );
    return () => cancelAnimationFrame(frame);
  }, [plot, timeline, span, marks, definition]);

  const look = useStore(lookChanges);
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read at the redraw a changed look causes.
  useEffect(() => plot?.redraw(), [plot, look]);

  return (
    <div className="relative">
      <div ref={host} aria-hidden="true" className="num" style={{ height: showsTime ? plotHeight.withTime : plotHeight.bare }} />
      {missing && <p className="absolute inset-0 flex items-center justify-center px-4 text-center text-12 text-muted">{unfetched}</p>}
    </div>
  );
}
