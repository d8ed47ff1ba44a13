import { formatDuration } from '#client/format.ts';
import { useBackupProofs } from '#client/queries/backups.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { Backup } from '#contract/resources/backup.ts';
import type { BackupProof } from '#contract/resources/backup-proof.ts';
import { ProofBadge } from './proof-badge.tsx';
import { describeComparison } from './proof-comparison.ts';

/** Each time a backup was restored for proof: what was looked at, how long it took, and why where it did not go well. */
export function ProofReport({ backup, onDone }: { backup: Backup; onDone(): void }) {
  const proofs = useBackupProofs(backup.id, backup.revision);
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onDone()}
      title={`Proof of ${backup.name}`}
      description={`Restored on a scratch guest that nobody else sees; ${backup.instanceName} is not touched by it.`}
      footer={<Button onClick={onDone}>Close</Button>}
    >
      <Loaded query={proofs} skeleton={<SkeletonRows rows={3} label="Reading reports" />} what="The list of reports">
        {({ items }) => (
          <ol className="divide-y divide-line">
            {items.map((proof) => (
              <li key={proof.id} className="space-y-2 py-3 first:pt-0 last:pb-0">
                <Report proof={proof} />
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Dialog>
  );
}

function Report({ proof }: { proof: BackupProof }) {
  const { findings, restoreMs, firstQueryMs } = proof;
  return (
    <>
      <p className="flex flex-wrap items-center gap-2">
        <ProofBadge proof={proof} />
        <span className="text-12 text-faint">asked for by {proof.askedBy}</span>
      </p>
      {proof.cause !== null && (
        <p className="break-words">
          {proof.cause} <span className="text-muted">{proof.nextStep}</span>
        </p>
      )}
      <dl className="grid grid-cols-[minmax(96px,auto)_minmax(0,1fr)] gap-x-4 gap-y-1">
        {restoreMs !== null && <Line term="Fetched in" said={formatDuration(restoreMs)} />}
        {firstQueryMs !== null && <Line term="First answer" said={`${formatDuration(firstQueryMs)} after the first byte was asked for`} />}
        {findings !== null && <Line term="Compared" said={describeComparison(findings, proof.momentAt)} />}
        {findings?.checks.map(({ what, outcome }) => (
          <Line key={what} term={what} said={outcome} />
        ))}
      </dl>
    </>
  );
}

function Line({ term, said }: { term: string; said: string }) {
  return (
    <>
      <dt className="text-muted">{term}</dt>
      <dd className="min-w-0 break-words">{said}</dd>
    </>
  );
}
