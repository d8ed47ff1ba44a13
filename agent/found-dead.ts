import { statSync } from 'node:fs';
import { uptime } from 'node:os';

/** Between these a database ended that nobody watched. */
export type Death = { sinceMs: number; untilMs: number };

/** It lived when it last wrote into its logs, and no longer when its host began anew since. */
export function boundDeath(logFiles: readonly string[], nowMs: number, bootedAtMs = nowMs - uptime() * 1000): Death {
  const written = logFiles.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  const sinceMs = Math.min(Math.floor(Math.max(0, ...written)), nowMs);
  return { sinceMs, untilMs: sinceMs < bootedAtMs ? Math.min(Math.floor(bootedAtMs), nowMs) : nowMs };
}

/** `between … and …`, or `at …` where that is known to the second. */
export function sayDeath({ sinceMs, untilMs }: Death): string {
  const [since, until] = [sinceMs, untilMs].map((ms) => new Date(ms).toISOString());
  if (sinceMs === 0) return `before ${until}`;
  return untilMs - sinceMs < 1000 ? `at ${until}` : `between ${since} and ${until}`;
}
