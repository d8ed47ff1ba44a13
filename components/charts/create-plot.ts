import type uPlot from 'uplot';
import type { ChartDefinition } from './chart-definition.ts';
import { chooseRange, listTicks } from './chart-scale.ts';
import { formatTick } from './format-metric.ts';

/** A moment drawn through every chart as a thin line. */
export type ChartMark = { atMs: number; tone: 'good' | 'attention' | 'broken' | 'info' };

export type PlotSetup = {
  definition: ChartDefinition;
  /** Plots with the same key share one cursor. */
  syncKey: string;
  showsTime: boolean;
  /** Seconds at both ends of the time axis, asked at every redraw. */
  readWindow(): [number, number];
  readMarks(): readonly ChartMark[];
  /** Index into the times under the cursor, or null. */
  onHover(index: number | null): void;
};

/** Both gutters are the same in every chart of a stack and in the strip beneath, so that moments stand above one another. */
export const plotGutter = { left: 60, right: 12 } as const;
export const plotHeight = { bare: 76, withTime: 100 } as const;

export function createPlot(UPlot: typeof uPlot, target: HTMLElement, width: number, setup: PlotSetup): uPlot {
  const { definition, showsTime } = setup;
  const axis = {
    stroke: () => readToken('--text-faint'),
    font: `12px ${getComputedStyle(target).fontFamily}`,
    grid: { stroke: () => readToken('--line'), width: 1 },
    ticks: { show: false },
    border: { show: false },
  };
  return new UPlot(
    {
      width,
      height: showsTime ? plotHeight.withTime : plotHeight.bare,
      padding: [12, plotGutter.right, 6, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        points: { size: 6, width: 0, fill: () => readToken('--accent') },
        sync: { key: setup.syncKey, setSeries: false },
      },
      scales: {
        x: { time: true, range: setup.readWindow },
        y: { range: (_plot, low, high) => chooseRange(Number.isFinite(low) ? low : null, Number.isFinite(high) ? high : null, definition) },
      },
      axes: [
        {
          ...axis,
          show: showsTime,
          size: 24,
          gap: 6,
          space: 90,
          grid: { show: false },
          values: (plot, splits) => splits.map((seconds) => (fitsBelow(plot, seconds) ? formatMinute(seconds) : '')),
        },
        {
          ...axis,
          size: plotGutter.left,
          gap: 8,
          splits: (_plot, _axis, low, high) => listTicks(low, high, definition.unit),
          values: (_plot, splits) => splits.map((value) => formatTick(value, definition.unit)),
        },
      ],
      series: [
        {},
        {
          stroke: () => readToken('--accent'),
          fill: () => `${readToken('--accent')}1f`,
          width: 1.5,
          spanGaps: false,
          points: { show: false },
        },
      ],
      hooks: {
        drawClear: [(plot) => drawLines(plot, setup, UPlot.pxRatio)],
        setCursor: [(plot) => setup.onHover(plot.cursor.idx ?? null)],
      },
    },
    [[], []],
    target,
  );
}

/** Thresholds, the ceiling and the marks, beneath the data. */
function drawLines(plot: uPlot, setup: PlotSetup, ratio: number): void {
  const { ctx, bbox } = plot;
  const { ceiling, thresholds } = setup.definition;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = ratio;
  const draw = (token: string, dash: number[], from: [number, number], to: [number, number]) => {
    ctx.strokeStyle = readToken(token);
    ctx.setLineDash(dash.map((length) => length * ratio));
    ctx.beginPath();
    ctx.moveTo(...from);
    ctx.lineTo(...to);
    ctx.stroke();
  };
  const across = (value: number, token: string, dash: number[]) => {
    const y = Math.round(plot.valToPos(value, 'y', true)) + 0.5;
    draw(token, dash, [bbox.left, y], [bbox.left + bbox.width, y]);
  };
  if (ceiling !== null && setup.definition.unit !== 'ratio') across(ceiling.value, '--text-muted', [2, 3]);
  for (const threshold of thresholds) across(threshold.value, `--state-${threshold.tone}`, [4, 4]);
  for (const mark of setup.readMarks()) {
    const x = Math.round(plot.valToPos(mark.atMs / 1000, 'x', true)) + 0.5;
    draw(markTokens[mark.tone], [2, 3], [x, bbox.top], [x, bbox.top + bbox.height]);
  }
  ctx.restore();
}

const markTokens = {
  good: '--state-healthy',
  attention: '--state-attention',
  broken: '--state-broken',
  info: '--text-muted',
} as const satisfies Record<ChartMark['tone'], string>;

function readToken(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Whether the time under a tick is whole on the canvas: centred there, it reaches beyond the plot at both ends. */
function fitsBelow(plot: uPlot, seconds: number): boolean {
  const right = plot.valToPos(seconds, 'x');
  return right + minuteHalfWidth <= plot.bbox.width / devicePixelRatio + plotGutter.right && right + plotGutter.left >= minuteHalfWidth;
}

/** "01:15" at 12 px, and a little air. */
const minuteHalfWidth = 19;

function formatMinute(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
