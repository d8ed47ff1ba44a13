import { formatBytes, formatNumber, formatRatio } from '#client/format.ts';
import type { ChartUnit } from './chart-definition.ts';

/** A measured value as text with its unit, as precise as a person can use. */
export function formatMetric(value: number, unit: ChartUnit): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'ratio':
      return value === 1 ? '100 %' : `${(Math.floor(value * 1000) / 10).toFixed(1)} %`;
    case 'per-second':
      return `${formatNumber(value, value < 100 ? 1 : 0)} /s`;
    case 'milliseconds':
      return `${formatNumber(value)} ms`;
    case 'cores':
      return `${value.toFixed(2)} CPU`;
    case 'count':
      return formatNumber(value, 0);
  }
}

/** The same beside an axis, where the title already says the unit. */
export function formatTick(value: number, unit: ChartUnit): string {
  if (unit === 'bytes') return value === 0 ? '0' : formatBytes(value);
  return unit === 'ratio' ? formatRatio(value) : formatNumber(value);
}
