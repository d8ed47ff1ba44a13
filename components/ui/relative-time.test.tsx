import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { formatExact } from '#client/format.ts';
import { ChartTable } from '#components/charts/chart-table.tsx';
import { ClockTime, sayAge } from './relative-time.tsx';

const at = Date.parse('2026-11-23T07:14:05.000Z');

test('a time of day says the day, the zone and the ISO form on hover', () => {
  const html = renderToStaticMarkup(<ClockTime at={at} />);
  expect(html).toMatch(/>\d\d:\d\d:05<\/time>$/);
  expect(html).toContain(`title="${formatExact(at)}\n2026-11-23T07:14:05.000Z"`);
  expect(formatExact(at)).toMatch(/^2026-11-2\d \d\d:\d\d:05 UTC([+−]\d+(:\d\d)?)?$/);
});

test('what has happened is never said to come, however the clocks stand; what may be to come says so', () => {
  expect([-1200, -999, 0, 999].map((ageMs) => sayAge(ageMs))).toEqual(['now', 'now', 'now', 'now']);
  expect([-1200, 0, 1200].map((ageMs) => sayAge(ageMs, { ahead: true }))).toEqual(['in 1.2 s', 'now', '1.2 s ago']);
  expect(sayAge(1200, { bare: true })).toBe('1.2 s');
});

test('so do the minutes of the charts as a table', () => {
  const timeline = { times: [at / 1000], rows: [null] };
  const html = renderToStaticMarkup(<ChartTable charts={[]} timeline={timeline} />);
  expect(html).toContain('title="2026-11-2');
  expect(html).toMatch(/>\d\d:14<\/time>/);
});
