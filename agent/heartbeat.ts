import type { Sample } from '#contract/resources/sample.ts';
import type { GuestFacts } from '#contract/status.ts';
import { differs } from './guest-facts.ts';
import type { Observer } from './observer.ts';
import type { Reporter } from './reports.ts';

export type Heartbeat = {
  /** Looks anew and reports at once when a person would see a difference. */
  refresh(): Promise<void>;
  /** The same from what is known, without asking the engine: for what the agent itself saw first. */
  tell(): void;
  /** A whole beat now, beside the schedule: after a reconnect. */
  beatNow(): void;
  close(): void;
};

type HeartbeatOptions = {
  intervalMs: number;
  observer: Observer;
  reporter: Reporter;
  takeSample(): Sample;
  /** Told what each beat saw. */
  looked(facts: GuestFacts): void;
  log(sentence: string): void;
};

/** Beats on an absolute schedule, whatever happens: a late look is reported as not answering, a missed beat is left out, none is ever doubled. */
export function startHeartbeat({ intervalMs, observer, reporter, takeSample, looked, log }: HeartbeatOptions): Heartbeat {
  const startedAt = performance.now();
  let beats = 0;
  let told: GuestFacts | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  function send(facts: GuestFacts, sample: Sample | null) {
    if (closed) return;
    if (reporter.report({ type: 'heartbeat', facts, sample })) told = facts;
  }

  async function beat() {
    try {
      const facts = await observer.look();
      send(facts, takeSample());
      looked(facts);
    } catch (error) {
      log(`A beat failed: ${error instanceof Error ? error.message : String(error)}`);
      send(observer.facts(), null);
    }
  }

  function schedule() {
    if (closed) return;
    const elapsed = performance.now() - startedAt;
    // Timers may fire a little early: the next beat is at least one further, whatever the clock says.
    beats = Math.max(beats, Math.floor(elapsed / intervalMs)) + 1;
    timer = setTimeout(
      () => {
        schedule();
        void beat();
      },
      beats * intervalMs - elapsed,
    );
  }

  function tell() {
    const facts = observer.facts();
    if (told === null || differs(facts, told)) send(facts, null);
  }

  void beat();
  schedule();
  return {
    async refresh() {
      await observer.look();
      tell();
    },
    tell,
    beatNow: () => void beat(),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
