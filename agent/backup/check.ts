import { GuestboardError } from '#contract/errors.ts';
import type { CommandContext, CommandInput } from '#contract/guest/commands.ts';
import type { ProofFindings } from '#contract/resources/backup-proof.ts';
import { compareCounts } from './counts.ts';
import type { Prover } from './prover.ts';

const everything = { mostBytes: Number.MAX_SAFE_INTEGER, eachMs: 600_000, budgetMs: 600_000, listingMs: 12 * 3_600_000 };

/** What is in the restored copy, compared with what was counted when it was made, and what the engine's own checks say of it. */
export async function checkRestored(
  prover: Prover,
  { backupId, counts }: CommandInput<'backup.check'>,
  context: CommandContext,
): Promise<ProofFindings> {
  const findings = compareCounts(backupId, counts, await prover.count(everything, context.signal));
  if (findings.differences.length > 0)
    throw new GuestboardError('backup-damaged', `The restored copy is not what was backed up. ${findings.differences[0]}`, {
      detail: findings.differences.join('\n'),
    });
  return { ...findings, checks: await prover.check(context) };
}
