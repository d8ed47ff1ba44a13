import type { GuestFacts } from '#contract/status.ts';
import { isSameProcess } from '#drivers/process/pid-identity.ts';
import type { EngineCore, EngineLook } from './engine.ts';
import { composeFacts, type FactSources } from './guest-facts.ts';

export type Observer = {
  /** Looks at the engine, waiting no longer than the deadline; one look at a time. */
  look(): Promise<GuestFacts>;
  /** From what is known now, without asking the engine. */
  facts(): GuestFacts;
  metrics(): EngineLook['metrics'];
};

type ObserverOptions = {
  engine: Pick<EngineCore, 'look' | 'mainProcess'>;
  supervision(): FactSources['supervision'];
  volume(): FactSources['volume'];
  enforcement: GuestFacts['enforcement'];
  archive?(): GuestFacts['archive'];
  deadlineMs: number;
};

/** Keeps the latest look. An engine that does not answer in time is itself something seen, never a reason to be silent. */
export function createObserver({ engine, supervision, volume, enforcement, archive, deadlineMs }: ObserverOptions): Observer {
  let latest: EngineLook | null = null;
  let overdue = false;
  let running: { ended: Promise<void>; sinceMs: number } | null = null;
  /** One for all looks until it is used: a new one for each is a good part of the garbage of a beat. */
  let abort = new AbortController();

  function isAlive(): boolean | null {
    const main = engine.mainProcess();
    return main === null ? null : isSameProcess(main);
  }

  function compose(alive: boolean | null): GuestFacts {
    return composeFacts({ look: latest, overdue, alive, supervision: supervision(), volume: volume(), enforcement, archive: archive?.() });
  }

  /** One at a time; one that has hung for long is left behind. */
  function joinLook(): Promise<void> {
    const nowMs = performance.now();
    if (running !== null && nowMs - running.sinceMs < 10 * deadlineMs) return running.ended;
    const mine = { ended: lookOnce().finally(() => (running = running === mine ? null : running)), sinceMs: nowMs };
    running = mine;
    return mine.ended;
  }

  async function lookOnce() {
    try {
      latest = await engine.look(abort.signal);
      overdue = false;
    } catch {
      overdue = true;
    }
  }

  /** Which is proof of life: /proc need not be asked. */
  function hasJustAnswered(): boolean {
    return !overdue && latest?.processState === 'running' && latest.metrics !== null;
  }

  return {
    async look() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(resolve, deadlineMs, 'late');
      });
      const isLate = (await Promise.race([joinLook(), late])) === 'late';
      clearTimeout(timer);
      if (isLate) {
        overdue = true;
        abort.abort();
        abort = new AbortController();
      }
      return compose(hasJustAnswered() ? true : isAlive());
    },
    facts: () => compose(isAlive()),
    metrics: () => (overdue ? null : (latest?.metrics ?? null)),
  };
}
