import { toFault } from '#contract/errors.ts';
import type { Sample } from '#contract/resources/sample.ts';
import type { GuestFacts } from '#contract/status.ts';
import type { Log } from '../log.ts';
import type { Beat } from '../store/guests.ts';
import type { Store } from '../store/store.ts';
import { compareFacts, type WrittenFacts } from './compare-facts.ts';
import { createSampleAverages } from './sample-averages.ts';

type BeatWriterOptions = {
  store: Pick<Store, 'guests' | 'samples'>;
  log: Log;
  now: () => number;
  /** Guests that had been marked silent and are not any more. */
  heardAgain(instanceIds: readonly string[]): void;
};
type Heard = Pick<Beat, 'instanceId' | 'bootId' | 'bootedAtMs' | 'sequence'> & { facts: GuestFacts; sample: Sample | null };
type Waiting = Heard & { heardAtMs: number; reports: number };

const tickMs = 100;
/** One statement carries at most this many guests: longer ones would hold up what comes after them. */
const mostPerStatement = 2000;
const sampleEveryMs = 10_000;

/** Gathers beats and writes the newest of each guest, all in one statement per tick. Beats a database outage held up are written after it. */
export function createBeatWriter({ store, log, now, heardAgain }: BeatWriterOptions) {
  let waiting = new Map<string, Waiting>();
  let samples: { instanceId: string; sample: Sample }[] = [];
  const written = new Map<string, WrittenFacts>();
  const averages = createSampleAverages(sampleEveryMs);
  const counters = { written: 0, statements: 0, lagMs: 0 };
  let flushing: Promise<void> | null = null;
  const timer = setInterval(() => {
    if (flushing === null && waiting.size > 0) void flush();
  }, tickMs);

  function add(heard: Heard): void {
    const { instanceId, sample } = heard;
    waiting.set(instanceId, { ...heard, heardAtMs: now(), reports: (waiting.get(instanceId)?.reports ?? 0) + 1 });
    const kept = sample === null ? null : averages.add(instanceId, sample);
    if (kept !== null) samples.push({ instanceId, sample: kept });
  }

  function flush(): Promise<void> {
    flushing ??= write().finally(() => {
      flushing = null;
    });
    return flushing;
  }

  async function write(): Promise<void> {
    const batch = [...waiting.values()];
    const kept = samples;
    waiting = new Map();
    samples = [];
    for (let start = 0; start < batch.length; start += mostPerStatement) {
      await writeSome(batch.slice(start, start + mostPerStatement));
    }
    if (kept.length > 0)
      await store.samples.insertMany(kept).catch((error: unknown) => log.warn({ fault: toFault(error) }, 'Samples were lost.'));
  }

  async function writeSome(some: Waiting[]): Promise<void> {
    const startedMs = now();
    const changed = some.map((beat) => compareFacts(written.get(beat.instanceId), beat.facts, startedMs));
    try {
      const again = await store.guests.writeBeats(
        some.map((beat, index) => ({
          instanceId: beat.instanceId,
          bootId: beat.bootId,
          bootedAtMs: beat.bootedAtMs,
          sequence: beat.sequence,
          ageMs: Math.max(0, startedMs - beat.heardAtMs),
          facts: changed[index]?.isDue ? beat.facts : null,
          isVisible: changed[index]?.isVisible ?? false,
        })),
      );
      if (again.length > 0) heardAgain(again);
    } catch (error) {
      log.warn({ fault: toFault(error), guests: some.length }, 'Beats could not be written down; they are kept and tried again.');
      for (const beat of some) {
        const later = waiting.get(beat.instanceId);
        waiting.set(beat.instanceId, { ...(later ?? beat), reports: beat.reports + (later?.reports ?? 0) });
      }
      // Not again before the next tick: a database that is away must not be asked in a loop.
      await new Promise((resolve) => setTimeout(resolve, tickMs * 5));
      return;
    }
    for (const [index, beat] of some.entries()) {
      const { isDue, facts } = changed[index] ?? {};
      if (isDue && facts) written.set(beat.instanceId, facts);
      counters.written += beat.reports;
    }
    counters.statements += 1;
    counters.lagMs = now() - Math.min(...some.map((beat) => beat.heardAtMs));
  }

  return {
    add,
    flush,
    counters: () => ({ ...counters }),
    async close() {
      clearInterval(timer);
      await flush();
      await flush();
    },
  };
}
