import type { ReactNode } from 'react';
import { formatBytes, formatDuration } from '#client/format.ts';
import { describeRange } from '#client/progress-text.ts';
import { ExactTime } from '#components/ui/relative-time.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import type { RestorePlan } from '#contract/resources/restore-window.ts';

/** From what a moment would be restored, how much is fetched and replayed for it, and how long that takes; or why it cannot be. */
export function PointPlan({ plan, refusal, atMs }: { plan: RestorePlan | null; refusal: string | null; atMs: number }) {
  if (plan === null)
    return (
      <p className="flex gap-2 text-attention" aria-live="polite">
        <Mark tone="attention" className="mt-1" />
        <span className="min-w-0">{refusal ?? 'This moment cannot be restored to.'}</span>
      </p>
    );
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
      <Line term="Base">
        <span className="block truncate font-medium" title={plan.backupName}>
          {plan.backupName}
        </span>
        <ExactTime at={plan.backupEndedAtMs} className="text-12 text-muted" />
      </Line>
      <Line term="To fetch">
        <span className="num">{formatBytes(plan.baseBytes + plan.archiveBytes)}</span>
      </Line>
      <Line term="To replay">
        <span className="num">{formatBytes(plan.archiveBytes)}</span>
        <span className="text-muted"> packed, over {formatDuration(atMs - plan.backupEndedAtMs)}</span>
      </Line>
      <Line term="Expected time">
        <span className="num">{describeRange(plan)}</span>
      </Line>
    </dl>
  );
}

function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{term}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
