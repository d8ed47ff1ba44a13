import { createHash } from 'node:crypto';
import type { BackupCounts } from '#contract/guest/backup-manifest.ts';
import type { ProofFindings } from '#contract/resources/backup-proof.ts';
import type { Count, Prover } from './prover.ts';

/** In passing: a backup must not take noticeably longer for being counted. */
const passing = { mostBytes: 512 * 1024 ** 2, eachMs: 700, budgetMs: 1500, listingMs: 5000 };
/** Some 70 bytes each in the manifest. */
const mostEntries = 4000;

/** Null where it cannot be counted: no backup fails for that. */
export async function countQuietly(prover: Prover, signal: AbortSignal): Promise<Count | null> {
  try {
    return await prover.count(passing, signal);
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** Both counts as the manifest keeps them, without a name in clear. What was made or dropped during the copy is left out. */
export function toCounts(backupId: string, before: Count | null, after: Count | null, quietFromMs: number): BackupCounts | null {
  if (before === null || after === null) return null;
  const earlier = new Map(before.each.map((counted) => [counted.name, counted]));
  const each = after.each.flatMap(({ name, rows, mark }) => {
    const first = earlier.get(name);
    if (first === undefined || first.rows === null || rows === null) return [];
    return [{ of: digest(backupId, name), before: first.rows, after: rows, quiet: mark !== null && mark === first.mark }];
  });
  return { unit: after.unit, total: { before: before.things, after: after.things }, each: each.slice(0, mostEntries), quietFromMs };
}

/**
 * The restored copy beside what was counted. A table nobody wrote to during the copy has exactly as many rows. Of one that somebody wrote
 * to, emptied and filled or made anew, no number is wrong.
 */
export function compareCounts(backupId: string, counts: BackupCounts | null, now: Count): Omit<ProofFindings, 'checks'> {
  const restored = new Map(now.each.map((counted) => [digest(backupId, counted.name), counted]));
  const differences: string[] = [];
  let [compared, exact, missing] = [0, 0, 0];
  for (const { of, before, after, quiet } of counts?.each ?? []) {
    const found = restored.get(of);
    if (found === undefined) {
      if (quiet) missing += 1;
      continue;
    }
    if (found.rows === null) continue;
    compared += 1;
    if (!quiet) continue;
    exact += 1;
    const [least, most] = [Math.min(before, after), Math.max(before, after)];
    if (found.rows < least || found.rows > most) differences.push(sayDifference(now.unit, found.name, found.rows, least, most));
  }
  if (missing > 0)
    differences.unshift(missing === 1 ? 'A table that was in it is missing.' : `${missing} tables that were in it are missing.`);
  if (counts?.unit === 'tables' && counts.each.every(({ quiet }) => quiet)) {
    const { before, after } = counts.total;
    const [least, most] = [Math.min(before, after), Math.max(before, after)];
    // Not where there are more: agents of before knew fewer kinds of tables.
    if (now.things < least) differences.unshift(`${say(least, most)} tables were in it; there are ${now.things} now.`);
  }
  const counted = now.each.flatMap(({ rows }) => rows ?? []);
  const rows = now.unit === 'tables' ? counted.reduce((sum, one) => sum + one, 0) : null;
  return { unit: now.unit, things: now.things, rows, compared, exact, differences: differences.slice(0, 20) };
}

function sayDifference(unit: Count['unit'], name: string, rows: number, least: number, most: number): string {
  return unit === 'tables'
    ? `${name} has ${rows} rows; it had ${say(least, most)}.`
    : `Database ${name} has ${rows} keys that do not expire; it had ${say(least, most)}.`;
}

function say(least: number, most: number): string {
  return least === most ? String(least) : `${least} to ${most}`;
}

/** Manifests lie in storage in clear: names of tables do not. */
function digest(backupId: string, name: string): string {
  return createHash('sha256').update(`${backupId}\0${name}`).digest('base64url').slice(0, 22);
}
