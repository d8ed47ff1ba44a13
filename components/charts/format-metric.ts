import type { ChartUnit } from './chart-definition.ts';

/** A measured value as text with its unit, as precise as a person can use. */
export function formatMetric(value: number, unit: ChartUnit): string {
  switch (unit) {
    case 'bytes':
      return formatSize(value);
    case 'ratio':
      return `${formatNumber(value * 100)} %`;
    case 'per-second':
      return `${formatNumber(value)} /s`;
    case 'milliseconds':
      return `${formatNumber(value)} ms`;
    case 'cores':
      return `${value.toFixed(2)} CPU`;
    case 'count':
      return formatNumber(value);
  }
}

/** The same beside an axis, where the title already says the unit. */
export function formatTick(value: number, unit: ChartUnit): string {
  if (unit === 'bytes') return value === 0 ? '0' : formatSize(value);
  if (unit === 'ratio') return `${Math.round(value * 100)} %`;
  return formatNumber(value);
}

function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${trim(value / 1e6)}M`;
  if (size >= 1e4) return `${trim(value / 1e3)}k`;
  if (size >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return size >= 10 ? value.toFixed(1) : value.toFixed(value === 0 ? 0 : 2);
}

function formatSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes <= 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)));
  return `${trim(bytes / 1024 ** power)} ${units[power]}`;
}

function trim(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
}
