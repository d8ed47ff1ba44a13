import type { EngineEvent } from './engine.ts';
import type { StateFile } from './state.ts';
import {
  decideVolumeState,
  isOutdated,
  isWorthMeasuring,
  leastWatchMs,
  nextMeasureMs,
  nextWatchMs,
  type VolumeState,
  volumeEvents,
} from './volume-state.ts';

export type VolumeGuard = {
  /** The first measurement is done, whatever came of it. */
  measured: Promise<void>;
  volume(): { volumeUsedBytes: number; volumeState: VolumeState };
  /** Measures and acts at once: after a start, a resize, a large change. */
  measureNow(): Promise<void>;
  close(): void;
};

type VolumeGuardOptions = {
  measure(): Promise<number>;
  /** Free bytes of the disk, asked once to four times a second: one system call tells of growth long before the next measurement. */
  freeBytes(): number;
  state: StateFile;
  /** Whether the engine can be told anything now. */
  isUp(): boolean;
  setWritable(writable: boolean, isOverfull: boolean): Promise<void>;
  event(event: EngineEvent): void;
  changed(): void;
  log(sentence: string): void;
};

/** Measures the volume, warns, and stops tenant writes before the disk does. The decision outlives the agent. */
export function startVolumeGuard(options: VolumeGuardOptions): VolumeGuard {
  const { state, log } = options;
  let usedBytes = 0;
  let volumeState: VolumeState = state.get().writesStopped ? 'read-only' : 'ok';
  /** What the engine was last told in this life; null when that is not known. */
  let told: boolean | null = null;
  /** The least that was used since writes stopped. */
  let leastStoppedBytes: number | null = null;
  /** With what was free then, and the most since: what others gave back to the disk hides nothing that is lost after it. */
  let previous: { bytes: number; atMs: number; tookMs: number; freeBytes: number; mostFreeBytes: number } | null = null;
  let timer: NodeJS.Timeout | undefined;
  let measuring: Promise<void> | null = null;
  let closed = false;

  async function measure() {
    const freeBytes = options.freeBytes();
    const sinceMs = performance.now();
    usedBytes = await options.measure();
    const size = state.get().size;
    const atMs = performance.now();
    const tookMs = atMs - sinceMs;
    const grownBytesPerMs = previous === null ? 0 : (usedBytes - previous.bytes) / Math.max(1, atMs - previous.atMs);
    previous = { bytes: usedBytes, atMs, tookMs, freeBytes, mostFreeBytes: freeBytes };
    if (size !== null) {
      decide(size.volumeBytes);
      await enforce(isOverfull(size.volumeBytes));
    }
    if (closed) return;
    clearTimeout(timer);
    const pauseMs = size === null ? 5000 : nextMeasureMs({ usedBytes, grownBytesPerMs, volumeBytes: size.volumeBytes, tookMs });
    timer = setTimeout(() => void measureOnce(), pauseMs);
  }

  function decide(volumeBytes: number) {
    const next = decideVolumeState(volumeState, usedBytes, volumeBytes);
    if (next === volumeState) return;
    volumeState = next;
    void state.change({ writesStopped: next === 'read-only' }).catch(() => {});
    options.event({ code: `volume-${next}`, ...volumeEvents[next] });
    options.changed();
  }

  /** Whether what goes on while writes are stopped fills it further: what they had filled by then does not count. */
  function isOverfull(volumeBytes: number): boolean {
    if (volumeState !== 'read-only') leastStoppedBytes = null;
    else if (told === false) leastStoppedBytes = Math.min(leastStoppedBytes ?? usedBytes, usedBytes);
    return usedBytes >= volumeBytes && leastStoppedBytes !== null && usedBytes >= leastStoppedBytes + volumeBytes / 32;
  }

  /** Stopped writes are stopped anew each time: databases and users made since then are covered, too. */
  async function enforce(overfull: boolean) {
    const writable = volumeState !== 'read-only';
    if (!options.isUp() || (writable && told === true)) return;
    try {
      await options.setWritable(writable, overfull);
      if (told !== writable) options.changed();
      told = writable;
    } catch (error) {
      told = null;
      log(`Writes could not be ${writable ? 'allowed' : 'stopped'}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  function measureOnce(): Promise<void> {
    measuring ??= measure()
      .catch((error: unknown) => {
        log(`The volume could not be measured: ${error instanceof Error ? error.message : String(error)}`);
        if (!closed) timer = setTimeout(() => void measureOnce(), 5000);
      })
      .finally(() => {
        measuring = null;
      });
    return measuring;
  }

  /** Answers when to do so again. */
  function watch(): number {
    const size = state.get().size;
    if (size === null || previous === null || measuring !== null) return leastWatchMs;
    const freeBytes = options.freeBytes();
    previous.mostFreeBytes = Math.max(previous.mostFreeBytes, freeBytes);
    const lostBytes = previous.mostFreeBytes - freeBytes;
    const changedBytes = Math.max(lostBytes, Math.abs(freeBytes - previous.freeBytes));
    const seen = { changedBytes, ageMs: performance.now() - previous.atMs, tookMs: previous.tookMs };
    if (isWorthMeasuring(usedBytes, lostBytes, size.volumeBytes) || isOutdated(seen)) void measureOnce();
    return nextWatchMs(usedBytes, lostBytes, size.volumeBytes);
  }

  function watchOn() {
    if (!closed) watchTimer = setTimeout(watchOn, watch());
  }
  let watchTimer = setTimeout(watchOn, leastWatchMs);

  return {
    measured: measureOnce(),
    volume: () => ({ volumeUsedBytes: usedBytes, volumeState }),
    async measureNow() {
      await measuring;
      told = null;
      await measureOnce();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      clearTimeout(watchTimer);
    },
  };
}
