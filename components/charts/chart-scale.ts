import type { ChartDefinition, ChartUnit } from './chart-definition.ts';

/** Round numbers for at most `count` grid lines from `low` to `high`; sizes step in powers of two. */
export function listTicks(low: number, high: number, unit: ChartUnit, count = 3): number[] {
  if (!(high > low)) return [low];
  const base = unit === 'bytes' ? 1024 : 10;
  const rough = (high - low) / count;
  const magnitude = base ** Math.floor(Math.log(rough) / Math.log(base));
  const steps = unit === 'bytes' ? [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] : [1, 2, 2.5, 5, 10];
  const step = (steps.find((candidate) => candidate * magnitude >= rough * 0.999) ?? base) * magnitude;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high * 1.0001; tick += step) ticks.push(Math.abs(tick) < step / 1e6 ? 0 : tick);
  return ticks;
}

/**
 * The axis: from zero up to the ceiling where it is near enough to matter, else to a little above the highest value.
 * A ratio is looked at near one, so its axis begins at the tenth below the lowest value.
 */
export function chooseRange(
  lowest: number | null,
  highest: number | null,
  definition: Pick<ChartDefinition, 'ceiling' | 'unit'>,
): [number, number] {
  const { ceiling, unit } = definition;
  if (unit === 'ratio') return [Math.max(0, Math.min(0.9, Math.floor((lowest ?? 0.9) * 10) / 10)), 1];
  if (ceiling !== null && (highest ?? 0) > ceiling.value * 0.4) return [0, Math.max(ceiling.value, highest ?? 0) * 1.04];
  if (highest === null || highest <= 0) return [0, unit === 'bytes' ? 1024 ** 2 : 1];
  return [0, highest * 1.15];
}
