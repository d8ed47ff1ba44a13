'use client';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useBrowser, useNow } from '#client/browser.ts';
import { useRow } from '#client/pulses.ts';
import { useSamples } from '#client/queries/samples.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Sample } from '#contract/resources/sample.ts';
import { mergeSamples, type Timeline, toTimeline } from './sample-window.ts';

export const windowMinutes = 15;
const windowMs = windowMinutes * 60_000;
/** Older samples come from the store, which keeps one in ten seconds. */
const storedEveryMs = 10_000;

export type SampleWindow = {
  timeline: Timeline;
  span: readonly [number, number];
  query: ReturnType<typeof useSamples>;
};

/** The last fifteen minutes: what the store holds, and every pulse since; one new value a beat. */
export function useSampleWindow(instance: Instance): SampleWindow {
  const { pulses, clock } = useBrowser();
  const query = useSamples(instance.id, windowMinutes);
  const row = useRow(pulses, instance.id);
  const nowMs = useNow(1000);
  const held = useRef<readonly Sample[]>([]);
  const [samples, setSamples] = useState<readonly Sample[]>([]);

  useEffect(() => {
    // The ring bridges what came while the stored samples were on their way, and while the page was hidden.
    const incoming = [...(query.data?.items ?? []), ...(row?.ring ?? [])];
    held.current = mergeSamples(held.current, incoming, clock.now() - windowMs);
    setSamples(held.current);
  }, [query.data, row, clock]);

  const gapMs = Math.max(storedEveryMs * 1.6, instance.heartbeatIntervalMs * 3.5);
  const timeline = useMemo(() => toTimeline(samples, gapMs), [samples, gapMs]);
  const endMs = Math.max(nowMs, samples.at(-1)?.atMs ?? 0);
  const span = useMemo(() => [endMs - windowMs, endMs] as const, [endMs]);
  return { timeline, span, query };
}
