import type { GuestFacts } from '#contract/status.ts';

/** Facts as they were last written, split into what a person sees change at once and numbers that always move. */
export type WrittenFacts = { stable: string; moving: string; atMs: number };

/** Numbers that always move are written this often, so that what is stored is never older. */
const movingEveryMs = 5000;
/** Lag is on the map: a change of it is shown, but not on every beat. */
const lagEveryMs = 2000;

/** `isDue`: the stored facts must be written. `isVisible`: pages must hear of it. */
export function compareFacts(known: WrittenFacts | undefined, facts: GuestFacts, nowMs: number) {
  const { volumeUsedBytes, replication, ...rest } = facts;
  const stable = JSON.stringify([rest, replication?.connected]);
  const moving = `${volumeUsedBytes}/${replication?.lagBytes}/${replication?.lagMs}`;
  const next: WrittenFacts = { stable, moving, atMs: nowMs };
  if (known === undefined || known.stable !== stable) return { isDue: true, isVisible: true, facts: next };
  if (known.moving === moving) return { isDue: false, isVisible: false, facts: next };
  const ageMs = nowMs - known.atMs;
  const isLagShown = replication !== null && ageMs >= lagEveryMs;
  return { isDue: isLagShown || ageMs >= movingEveryMs, isVisible: isLagShown, facts: next };
}
