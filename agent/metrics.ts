import type { Sample } from '#contract/resources/sample.ts';
import type { TreeMeasure } from '#drivers/process/measure-tree.ts';
import type { ProcessIdentity } from '#drivers/process/pid-identity.ts';
import type { EngineLook } from './engine.ts';

type SampleSources = {
  now(): number;
  measure(main: ProcessIdentity | null): TreeMeasure;
  mainProcess(): ProcessIdentity | null;
  volumeUsedBytes(): number;
  metrics(): EngineLook['metrics'];
};

/** One sample of the beat: the process tree measured now, the engine's figures as last looked. */
export function takeSample(sources: SampleSources): Sample {
  const { cpu, memoryBytes } = sources.measure(sources.mainProcess());
  return {
    atMs: sources.now(),
    cpu: Math.round(cpu * 1000) / 1000,
    memoryBytes,
    volumeUsedBytes: sources.volumeUsedBytes(),
    metrics: { ...sources.metrics() },
  };
}
