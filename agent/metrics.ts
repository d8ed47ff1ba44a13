import type { Sample } from '#contract/resources/sample.ts';
import type { TreeMeasure } from '#drivers/process/measure-tree.ts';
import type { ProcessIdentity } from '#drivers/process/pid-identity.ts';
import type { EngineLook } from './engine.ts';

type SampleSources = {
  now(): number;
  /** `isStirred`: the engine may have had something to do since the last time. */
  measure(main: ProcessIdentity | null, isStirred: boolean): TreeMeasure;
  mainProcess(): ProcessIdentity | null;
  volumeUsedBytes(): number;
  metrics(): EngineLook['metrics'];
};

/** One sample of each beat: the process tree measured now, the engine's figures as last looked. */
export function createSampler(sources: SampleSources): () => Sample {
  let previous: EngineLook['metrics'] = null;
  return () => {
    const metrics = sources.metrics();
    const { cpu, memoryBytes } = sources.measure(sources.mainProcess(), !areSame(metrics, previous));
    previous = metrics;
    return {
      atMs: sources.now(),
      cpu: Math.round(cpu * 1000) / 1000,
      memoryBytes,
      volumeUsedBytes: sources.volumeUsedBytes(),
      metrics: { ...metrics },
    };
  };
}

/** Of a database that nobody uses every figure stays as it is. */
function areSame(one: EngineLook['metrics'], other: EngineLook['metrics']): boolean {
  if (one === null || other === null) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
