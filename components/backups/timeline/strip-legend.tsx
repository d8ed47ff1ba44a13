import type { ReactNode } from 'react';
import { BackupShape } from './backup-shape.tsx';

/** What the shapes on the strip mean, and which keys move the handle. */
export function Legend({ hasGaps }: { hasGaps: boolean }) {
  return (
    <div className="flex min-w-0 flex-1 flex-wrap gap-x-4 gap-y-1 pt-1 text-12 text-muted">
      <Entry shape={<span className="h-3 w-4 rounded-sm bg-healthy/70" />}>can be restored</Entry>
      {hasGaps && (
        <Entry
          shape={
            <span className="h-3 w-4 border-attention border-x bg-[repeating-linear-gradient(135deg,var(--state-attention)_0_1.5px,var(--state-attention-soft)_1.5px_5px)]" />
          }
        >
          gap
        </Entry>
      )}
      <Entry shape={<BackupShape kind="base" />}>base backup</Entry>
      <Entry shape={<BackupShape kind="full" />}>other full</Entry>
      <Entry shape={<BackupShape kind="increment" />}>incremental</Entry>
      <Entry shape={<span className="ml-1 h-3 border-line-strong border-l border-dashed" />}>now</Entry>
      <span className="basis-full text-faint max-md:hidden">
        Arrows move the handle by 1 s, pages by 1 min; with Shift 10 s and 1 h. + and − zoom.
      </span>
    </div>
  );
}

function Entry({ shape, children }: { shape: ReactNode; children: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden className="inline-flex">
        {shape}
      </span>
      {children}
    </span>
  );
}
