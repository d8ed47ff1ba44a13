import type { Sample } from '#contract/resources/sample.ts';

type Gathered = { keptAtMs: number; newest: Sample; sums: Map<string, { sum: number; count: number }> };

/** Levels that stand until they change, and what is told of the last occasion: of these the newest is true, of all else the mean. */
const standing = /(Bytes|AgeMs|Failed)$/;

/**
 * Of samples that come every second one per `everyMs` and instance is kept, with the means of all since the one before: of processor, memory,
 * rates, ratios and counts. It bears the time of the newest. The first is kept at once.
 */
export function createSampleAverages(everyMs: number) {
  const gathered = new Map<string, Gathered>();
  return {
    /** Answers the sample to keep, when one is due. What is older than one heard already is left out. */
    add: (instanceId: string, sample: Sample): Sample | null => {
      const known = gathered.get(instanceId);
      if (known === undefined) {
        gathered.set(instanceId, { keptAtMs: sample.atMs, newest: sample, sums: new Map() });
        return sample;
      }
      if (sample.atMs <= known.newest.atMs) return null;
      // After a silence what came before it says nothing of now.
      if (sample.atMs - known.newest.atMs >= everyMs) known.sums.clear();
      known.newest = sample;
      for (const [key, value] of numbersOf(sample)) {
        const { sum, count } = known.sums.get(key) ?? { sum: 0, count: 0 };
        known.sums.set(key, { sum: sum + value, count: count + 1 });
      }
      if (sample.atMs - known.keptAtMs < everyMs) return null;
      const kept = average(known);
      known.keptAtMs = sample.atMs;
      known.sums.clear();
      return kept;
    },
  };
}

function numbersOf({ cpu, memoryBytes, metrics }: Sample): [string, number][] {
  const measured = Object.entries(metrics).filter(([key]) => !standing.test(key));
  return [['cpu', cpu], ['memory', memoryBytes], ...measured.map(([key, value]): [string, number] => [`metric ${key}`, value])];
}

function average({ newest, sums }: Gathered): Sample {
  const mean = (key: string, otherwise: number) => {
    const found = sums.get(key);
    return found === undefined ? otherwise : found.sum / found.count;
  };
  return {
    ...newest,
    cpu: mean('cpu', newest.cpu),
    memoryBytes: Math.round(mean('memory', newest.memoryBytes)),
    metrics: Object.fromEntries(Object.entries(newest.metrics).map(([key, value]) => [key, mean(`metric ${key}`, value)])),
  };
}
