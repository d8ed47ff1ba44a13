/** Pauses before the first to the fifth restart within the window; the next crash ends the attempts. */
const pausesMs = [0, 1000, 4000, 15_000, 60_000];
const windowMs = 600_000;

/** How long to wait before starting again after the `crashes`th crash of the window (counted from 1), or null to stop trying. */
export function restartDelayMs(crashes: number): number | null {
  return pausesMs[crashes - 1] ?? null;
}

export function forgetOldCrashes(crashesAtMs: readonly number[], nowMs: number): number[] {
  return crashesAtMs.filter((atMs) => nowMs - atMs < windowMs);
}
