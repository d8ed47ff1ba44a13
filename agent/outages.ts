import type { GuestFacts } from '#contract/status.ts';
import type { EngineEvent } from './engine.ts';

export type Outages = {
  /** Told after every look. `isQuiet`: nobody starts, stops or brings the database back meanwhile, which have events of their own. */
  note(facts: Pick<GuestFacts, 'processState' | 'lastError'>, isQuiet: boolean): void;
};

type OutagesOptions = {
  now(): number;
  event(event: EngineEvent): void;
  /** A slow answer or two on a busy host are no outage. */
  patienceMs: number;
};

/** Says once when a process that is there has stopped answering, and once how long it had when it answers again. */
export function createOutages({ now, event, patienceMs }: OutagesOptions): Outages {
  /** Null while it answers. */
  let sinceMs: number | null = null;
  let isTold = false;
  return {
    note({ processState, lastError }, isQuiet) {
      if (isQuiet && processState === 'not-answering') {
        sinceMs ??= now();
        if (isTold || now() - sinceMs < patienceMs) return;
        isTold = true;
        const sentence = 'The database process exists but does not answer.';
        return event({ code: 'engine-not-answering', tone: 'broken', sentence, atMs: sinceMs, ...(lastError && { detail: lastError }) });
      }
      if (isQuiet && processState === 'starting') return;
      if (isTold && sinceMs !== null && processState === 'running') {
        const seconds = Math.max(1, Math.round((now() - sinceMs) / 1000));
        event({ code: 'engine-answers', tone: 'good', sentence: `The database answers again. It had not answered for ${seconds} s.` });
      }
      sinceMs = null;
      isTold = false;
    },
  };
}
