import { ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import { formatDateTime, formatDuration } from '#client/format.ts';
import { useOperation } from '#client/queries/operations.ts';
import { Chip } from '#components/ui/chip.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import type { ProofSummary } from '#contract/resources/backup-proof.ts';
import { formatFound } from './proof-things.ts';

/** It stands in narrow columns, too. */
const wraps = 'h-auto! min-h-5 whitespace-normal! text-left';

/** Whether a backup was really restored, when, to what, how fast, and what was in it: "proved 2 h ago to 11:58:02 · 14.2 s · 48 tables". */
export function ProofBadge({ proof }: { proof: ProofSummary }) {
  const { state, endedAt, momentAt, firstQueryMs } = proof;
  const moment = momentAt === null ? '' : ` to ${formatDateTime(momentAt)}`;
  const found = formatFound(proof);
  const ago = endedAt !== null && <RelativeTime at={endedAt} />;
  switch (state) {
    case 'running':
      return <Running operationId={proof.id} />;
    case 'proved':
      return (
        <Chip tone="healthy" className={wraps}>
          <ShieldCheck size={13} aria-hidden />
          <span>
            proved {ago}
            {moment}
            {firstQueryMs !== null && ` · ${formatDuration(firstQueryMs)}`}
            {found !== null && ` · ${found}`}
          </span>
        </Chip>
      );
    case 'failed':
      return (
        <Chip tone="broken" className={wraps}>
          <ShieldAlert size={13} aria-hidden />
          <span>
            proof{moment} failed {ago}
          </span>
        </Chip>
      );
    case 'overtaken':
      return (
        <Chip tone="broken" className={wraps}>
          <ShieldAlert size={13} aria-hidden />
          <span>proved {ago}, found damaged or missing since</span>
        </Chip>
      );
    case 'undecided':
      return (
        <Chip tone="attention" className={wraps}>
          <ShieldQuestion size={13} aria-hidden />
          <span>
            proof{moment} not finished {ago}
          </span>
        </Chip>
      );
  }
}

/** Proofs take turns: one that has not begun says so. */
function Running({ operationId }: { operationId: string }) {
  const { data } = useOperation(operationId);
  const step = data?.steps.find((candidate) => candidate.state === 'running');
  if (data?.state === 'queued' || step?.key === 'wait-turn') return <Chip tone="unknown">proof waits its turn</Chip>;
  return <Chip tone="working">being proved</Chip>;
}
