/** One measured figure. `value` is compared with the bar; where samples exist it is their median or their p99. */
export type Figure = {
  figure: string;
  unit: string;
  value: number;
  median: number | null;
  p99: number | null;
  n: number;
  bar: { atMost: number } | { atLeast: number };
  /** What the bar is about: "median", "p99", "per core". */
  barOf: string;
  peer: string | null;
  remark: string | null;
};

export type Benchmark = { name: string; run(bench: Bench): Promise<Figure[]> };

/** What every benchmark gets: a running product, who it asks as, and whether to be short. */
export type Bench = {
  product: import('../e2e/product.ts').Product;
  rest: import('../e2e/rest.ts').Rest;
  cookie: string;
  token: string;
  isQuick: boolean;
  /** Where files of the run may lie. */
  folder: string;
  say(line: string): void;
};

export function isMet({ value, bar }: Figure): boolean {
  return 'atMost' in bar ? value <= bar.atMost : value >= bar.atLeast;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 50);
}

/** Nearest rank: a value that was really measured. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** Of times in milliseconds: the percentile is what the bar is about. */
export function toLatency(figure: string, samples: readonly number[], { percent, atMost }: { percent: number; atMost: number }): Figure {
  return {
    figure,
    unit: 'ms',
    value: percentile(samples, percent),
    median: median(samples),
    p99: percentile(samples, 99),
    n: samples.length,
    bar: { atMost },
    barOf: `ms, p${percent}`,
    peer: null,
    remark: null,
  };
}
