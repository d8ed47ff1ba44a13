import { expect, it } from 'vitest';
import { createPulses } from './pulses.ts';

const pulse = (instanceId: string, seenAtMs: number) => ({
  instanceId,
  sequence: seenAtMs,
  seenAtMs,
  sentAtMs: seenAtMs,
  sample: { atMs: seenAtMs, cpu: 0, memoryBytes: 0, volumeUsedBytes: 0, metrics: {} },
});

it('tells a shown row once a frame, however many pulses came, and a hidden one never', () => {
  let frame = () => {};
  const pulses = createPulses((flush) => {
    frame = flush;
  });
  let told = 0;
  const stop = pulses.subscribe('a', () => told++);
  for (let at = 1; at <= 100; at++) pulses.put([pulse('a', at), pulse('b', at)]);
  expect(told).toBe(0);
  frame();
  expect(told).toBe(1);
  expect(pulses.get('a')?.ring).toHaveLength(60);
  expect(pulses.get('b')?.seenAtMs).toBe(100);
  stop();
  pulses.put([pulse('a', 101)]);
  frame();
  expect(told).toBe(1);
});

it('drops a pulse that is older than the last', () => {
  const pulses = createPulses((flush) => flush());
  pulses.put([pulse('a', 5), pulse('a', 3)]);
  expect(pulses.get('a')?.seenAtMs).toBe(5);
});
