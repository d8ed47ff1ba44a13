import { useMemo } from 'react';
import { ClockTime } from '#components/ui/relative-time.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import type { ChartDefinition } from './chart-definition.ts';
import { formatMetric } from './format-metric.ts';
import { type Summary, summarise, type Timeline } from './sample-window.ts';

/** The charts as numbers: one row a minute, newest first, mean with the highest beneath. */
export function ChartTable({ charts, timeline }: { charts: readonly ChartDefinition[]; timeline: Timeline }) {
  const minutes = useMemo(() => byMinute(charts, timeline), [charts, timeline]);
  return (
    <Table caption="Measured values by minute, newest first">
      <thead>
        <tr>
          <HeadCell>Minute</HeadCell>
          {charts.map((chart) => (
            <HeadCell key={chart.key} numeric>
              {chart.title}
            </HeadCell>
          ))}
        </tr>
      </thead>
      <tbody>
        {minutes.map(({ atMs, summaries }) => (
          <TableRow key={atMs}>
            <Cell>
              <ClockTime at={atMs} short />
            </Cell>
            {charts.map((chart, place) => {
              const summary = summaries[place];
              return (
                <Cell key={chart.key} numeric>
                  {summary == null ? (
                    '–'
                  ) : (
                    <>
                      {formatMetric(summary.mean, chart.unit)}
                      <span className="ml-2 text-faint">max {formatMetric(summary.highest, chart.unit)}</span>
                    </>
                  )}
                </Cell>
              );
            })}
          </TableRow>
        ))}
      </tbody>
    </Table>
  );
}

function byMinute(charts: readonly ChartDefinition[], { times, rows }: Timeline): { atMs: number; summaries: (Summary | null)[] }[] {
  const minutes = new Map<number, (typeof rows)[number][]>();
  for (const [index, seconds] of times.entries()) {
    const minute = Math.floor(seconds / 60) * 60_000;
    const list = minutes.get(minute) ?? [];
    list.push(rows[index] ?? null);
    minutes.set(minute, list);
  }
  return [...minutes]
    .map(([atMs, list]) => ({
      atMs,
      summaries: charts.map((chart) => summarise(list.map((row) => (row === null ? null : chart.read(row))))),
    }))
    .reverse();
}
