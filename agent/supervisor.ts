import { toFault } from '#contract/errors.ts';
import type { CommandContext } from '#contract/guest/commands.ts';
import { isSameProcess } from '#drivers/process/pid-identity.ts';
import { type EngineCore, type EngineEvent, quietContext } from './engine.ts';
import { type Death, sayDeath } from './found-dead.ts';
import { forgetOldCrashes, restartDelayMs } from './restart-policy.ts';
import type { AgentState, StateFile } from './state.ts';

export type Supervision = {
  /** `down`: it ended unasked and is being brought back. */
  phase: 'quiet' | 'starting' | 'stopping' | 'down' | 'gave-up';
  crashedAtMs: number | null;
  restartedAtMs: number | null;
  /** When it is started again while that waits; null otherwise. */
  nextTryAtMs: number | null;
  recentCrashes: number;
  /** Why the last start failed, until one succeeds. */
  lastError: string | null;
};

export type Supervisor = {
  /** Takes over what runs; begins to bring back what should run. */
  adopt(): Promise<void>;
  start(context: CommandContext): Promise<void>;
  stop(context: CommandContext): Promise<void>;
  restart(context: CommandContext): Promise<void>;
  expectDown<T>(work: () => Promise<T>): Promise<T>;
  /** The monitor's connection ended by itself, as that to a killed server does: looks at once whether the process lives. */
  connectionLost(): void;
  /** The database has just answered: that it lives need not be looked for soon. */
  answered(): void;
  supervision(): Supervision;
  close(): Promise<void>;
};

export type SupervisorOptions = {
  engine: Pick<EngineCore, 'adopt' | 'mainProcess' | 'endedCleanly' | 'lifecycle'>;
  state: StateFile;
  now(): number;
  event(event: EngineEvent): void;
  /** Something a status depends on has changed; `up` when the engine has just begun to answer. */
  changed(up: boolean): void;
  lastLogLines(): Promise<string>;
  /** Between which moments the one that is found dead ended. */
  boundDeath?(nowMs: number): Death;
  pollMs?: number;
  /** restartDelayMs, unless a test is in a hurry. */
  delayMs?: (crashes: number) => number | null;
  /** Crash recovery may take long; after this a start counts as failed. */
  startDeadlineMs?: number;
};

/** A little more than a beat, whose answer comes before it. */
const restingPollMs = 1100;
/** A server's connections end a moment before it: until then it is looked at as often as this. */
const alarmed = { pollMs: 50, forMs: 2000 };

/** Watches the main process, brings it back after a crash with growing pauses, and stops trying after five in ten minutes. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { engine, state, now, event, changed } = options;
  let phase: Supervision['phase'] = state.get().gaveUp ? 'gave-up' : 'quiet';
  let lastError: string | null = null;
  let expected = 0;
  let restartTimer: NodeJS.Timeout | undefined;
  let nextTryAtMs: number | null = null;
  let restarting: { abort: AbortController; ended: Promise<void> } | null = null;
  let alarmedUntilMs = 0;
  let closed = false;
  let pollTimer = setTimeout(poll, options.pollMs ?? restingPollMs);

  /** A full disk must not keep anybody from stopping a database: then this life of the agent knows, and only the next does not. */
  const remember = (changed: Partial<AgentState>) => state.change(changed).catch(() => {});

  function enter(next: Supervision['phase'], up = false) {
    phase = next;
    changed(up);
  }

  function poll() {
    if (closed) return;
    look();
    pollTimer = setTimeout(poll, performance.now() < alarmedUntilMs ? alarmed.pollMs : (options.pollMs ?? restingPollMs));
  }

  function look() {
    const main = engine.mainProcess();
    if (expected > 0 || phase !== 'quiet' || main === null || isSameProcess(main) || state.get().wanted !== 'running') return;
    void comeBack(now(), 'The database process ended unexpectedly.');
  }

  /** From the moment a crash is seen until it answers again, or one more attempt has failed. */
  async function comeBack(crashedAtMs: number, sentence: string, sinceMs = crashedAtMs) {
    phase = 'down';
    const crashesAtMs = [...forgetOldCrashes(state.get().crashesAtMs, crashedAtMs), crashedAtMs];
    void remember({ crashesAtMs });
    const delayMs = (options.delayMs ?? restartDelayMs)(crashesAtMs.length);
    nextTryAtMs = delayMs ? now() + delayMs : null;
    changed(false);
    event({ code: 'engine-crashed', tone: 'broken', sentence, atMs: crashedAtMs, ...(lastError === null ? {} : { detail: lastError }) });
    if (delayMs === null) return giveUp(crashesAtMs.length);
    if (delayMs > 0) {
      event({ code: 'engine-restart-delayed', tone: 'attention', sentence: `The database is started again in ${delayMs / 1000} s.` });
    }
    restartTimer = setTimeout(() => {
      nextTryAtMs = null;
      changed(false);
      const abort = new AbortController();
      restarting = { abort, ended: bringBack({ sinceMs, untilMs: crashedAtMs }, abort.signal) };
    }, delayMs);
  }

  async function bringBack(death: Death, stopped: AbortSignal) {
    try {
      await engine.lifecycle.start({}, quietContext(AbortSignal.any([stopped, AbortSignal.timeout(options.startDeadlineMs ?? 600_000)])));
      const restartedAtMs = now();
      lastError = null;
      void remember({ restartedAtMs });
      event({
        code: 'engine-restarted',
        tone: 'good',
        sentence: `The database is back: it ended ${sayDeath(death)} and was started again at ${new Date(restartedAtMs).toISOString()}.`,
        atMs: restartedAtMs,
      });
      enter('quiet', true);
    } catch (error) {
      if (stopped.aborted) return;
      const { sentence, detail } = toFault(error);
      lastError = detail === undefined ? sentence : `${sentence} ${detail}`;
      void comeBack(now(), 'The database could not be started again.');
    }
  }

  async function giveUp(crashes: number) {
    void remember({ gaveUp: true });
    enter('gave-up');
    event({
      code: 'engine-gave-up',
      tone: 'broken',
      sentence: `The database ended ${crashes} times within ten minutes and is no longer started again.`,
      detail: await options.lastLogLines().catch(() => ''),
    });
  }

  /** A person's command comes before our own attempts. */
  async function takeOver() {
    clearTimeout(restartTimer);
    nextTryAtMs = null;
    restarting?.abort.abort();
    await restarting?.ended;
    restarting = null;
  }

  async function start(context: CommandContext) {
    await takeOver();
    enter('starting');
    try {
      await engine.lifecycle.start({}, context);
    } catch (error) {
      lastError = toFault(error).sentence;
      enter('quiet');
      throw error;
    }
    lastError = null;
    await remember({ wanted: 'running', gaveUp: false, crashesAtMs: [] });
    enter('quiet', true);
  }

  async function stop(context: CommandContext) {
    await takeOver();
    const { wanted } = state.get();
    await remember({ wanted: 'stopped', gaveUp: false });
    enter('stopping');
    try {
      await engine.lifecycle.stop({}, context);
    } catch (error) {
      await remember({ wanted });
      throw error;
    } finally {
      enter('quiet');
    }
  }

  return {
    async adopt() {
      const adopted = await engine.adopt();
      if (adopted !== null) {
        phase = 'quiet';
        await remember({ gaveUp: false });
        event({ code: 'engine-adopted', tone: 'info', sentence: 'A new agent took over the running database.' });
        return changed(true);
      }
      if (state.get().wanted !== 'running' || phase === 'gave-up') return changed(false);
      if (await engine.endedCleanly()) {
        void start(quietContext(AbortSignal.timeout(options.startDeadlineMs ?? 600_000))).catch(() =>
          comeBack(now(), 'The database could not be started.'),
        );
        return;
      }
      const foundAtMs = now();
      const death = options.boundDeath?.(foundAtMs) ?? { sinceMs: foundAtMs, untilMs: foundAtMs };
      await comeBack(death.untilMs, `The database was found dead when the agent started. It had ended ${sayDeath(death)}.`, death.sinceMs);
    },
    start,
    stop,
    async restart(context) {
      await takeOver();
      enter('stopping');
      try {
        await engine.lifecycle.stop({}, context);
      } catch (error) {
        enter('quiet');
        throw error;
      }
      await start(context);
    },
    async expectDown(work) {
      await takeOver();
      expected += 1;
      try {
        return await work();
      } finally {
        expected -= 1;
        if (phase === 'down') phase = 'quiet';
        changed(true);
      }
    },
    connectionLost() {
      alarmedUntilMs = performance.now() + alarmed.forMs;
      clearTimeout(pollTimer);
      poll();
    },
    answered() {
      if (performance.now() >= alarmedUntilMs) pollTimer.refresh();
    },
    supervision: () => {
      const recent = forgetOldCrashes(state.get().crashesAtMs, now());
      const { restartedAtMs, crashesAtMs } = state.get();
      return { phase, crashedAtMs: crashesAtMs.at(-1) ?? null, restartedAtMs, nextTryAtMs, recentCrashes: recent.length, lastError };
    },
    async close() {
      closed = true;
      clearTimeout(pollTimer);
      await takeOver();
      await remember({});
    },
  };
}
