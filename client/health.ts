import { describeHealth, type Health, isSilent, type Tone, toStatusFacts } from '#contract/health.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { type Browser, useBrowser, useNow } from './browser.ts';
import type { ConnectionState } from './connection.ts';
import { useRow } from './pulses.ts';

/** When the agent was last heard, by pulse or by row, on the control plane's clock; null before the first report. */
export function seenAtMs(browser: Browser, instance: Instance): number | null {
  const stored = instance.agentSeenAt === null ? null : Date.parse(instance.agentSeenAt);
  const pulsed = browser.pulses.get(instance.id)?.seenAtMs ?? null;
  return stored === null ? pulsed : pulsed === null ? stored : Math.max(stored, pulsed);
}

export function healthOf(browser: Browser, instance: Instance, nowMs: number): Health {
  return describeHealth(toStatusFacts(instance, seenAtMs(browser, instance)), judgedAtMs(browser.connection.state.get(), nowMs));
}

/** A page that has just begun to listen has not heard anybody yet: until it must have, what it fetched is judged as of then. */
export function judgedAtMs({ phase, sinceMs }: ConnectionState, nowMs: number, localNowMs = Date.now()): number {
  const elapsedMs = localNowMs - sinceMs;
  return phase === 'live' && elapsedMs < firstPulsesMs ? nowMs - elapsedMs : nowMs;
}

/** By then every agent that beats each second has been heard. */
const firstPulsesMs = 3000;

/** The mark, the word and the sentence of an instance, as they are this second. */
export function useHealth(instance: Instance): Health {
  const browser = useBrowser();
  useRow(browser.pulses, instance.id);
  return healthOf(browser, instance, useNow(1000));
}

/** Since when its agent says nothing; null while it speaks, or has never spoken, or nobody here could hear it. */
export function useSilentSince(instance: Instance): number | null {
  const browser = useBrowser();
  useRow(browser.pulses, instance.id);
  const nowMs = useNow(1000);
  const connection = browser.connection.state.get();
  const seenMs = seenAtMs(browser, instance);
  if (seenMs === null || connection.phase !== 'live') return null;
  return isSilent(toStatusFacts(instance, seenMs), judgedAtMs(connection, nowMs)) ? seenMs : null;
}

/** Worst first: what a person must look at, then what moves, then what rests. */
export const toneOrder: Record<Tone, number> = { broken: 0, unknown: 1, attention: 2, working: 3, healthy: 4, stopped: 5 };

export function isProblem(health: Health): boolean {
  return health.tone === 'broken' || health.tone === 'attention' || health.tone === 'unknown';
}
