import { expect, test } from 'vitest';
import type { Sample } from '#contract/resources/sample.ts';
import { createSampleAverages } from './sample-averages.ts';

const at = (second: number, metrics: Sample['metrics'], rest: Partial<Sample> = {}): Sample => ({
  ...{ atMs: second * 1000, cpu: 0, memoryBytes: 0, volumeUsedBytes: 0, metrics },
  ...rest,
});

test('a burst of one second between two kept samples shows as its share of the ten; sizes and ages are the newest', () => {
  const averages = createSampleAverages(10_000);
  expect(averages.add('a', at(0, { queriesPerSecond: 7 }))?.metrics).toEqual({ queriesPerSecond: 7 });
  const kept = [];
  for (let second = 1; second <= 20; second += 1) {
    const burst = second === 4 ? 1000 : 0;
    const metrics = {
      queriesPerSecond: burst,
      connections: second % 2,
      dataBytes: second,
      saveAgeMs: second * 1000,
      saveFailed: second === 4 ? 1 : 0,
    };
    kept.push(averages.add('a', at(second, metrics, { cpu: burst / 1000, memoryBytes: burst, volumeUsedBytes: second })));
  }
  const found = kept.filter((sample) => sample !== null);
  expect(found).toEqual([
    at(
      10,
      { queriesPerSecond: 100, connections: 0.5, dataBytes: 10, saveAgeMs: 10_000, saveFailed: 0 },
      { cpu: 0.1, memoryBytes: 100, volumeUsedBytes: 10 },
    ),
    at(20, { queriesPerSecond: 0, connections: 0.5, dataBytes: 20, saveAgeMs: 20_000, saveFailed: 0 }, { volumeUsedBytes: 20 }),
  ]);
});

test('instances are apart, what is late is left out, and what was before a silence counts no more', () => {
  const averages = createSampleAverages(10_000);
  averages.add('a', at(0, {}));
  averages.add('b', at(0, {}));
  averages.add('a', at(5, { queriesPerSecond: 50 }));
  expect(averages.add('a', at(4, { queriesPerSecond: 999 }))).toBeNull();
  expect(averages.add('a', at(10, { queriesPerSecond: 100, hitRatio: 1 }))?.metrics).toEqual({ queriesPerSecond: 75, hitRatio: 1 });
  expect(averages.add('b', at(9, { queriesPerSecond: 1 }))).toBeNull();
  averages.add('a', at(11, { queriesPerSecond: 1000 }));
  expect(averages.add('a', at(600, { queriesPerSecond: 2 }))?.metrics).toEqual({ queriesPerSecond: 2 });
});
