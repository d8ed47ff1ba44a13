import { MarkLegend } from '#components/events/mark-legend.tsx';
import { LegendEntry } from '#components/ui/legend-entry.tsx';
import type { Tone } from '#contract/health.ts';
import { BackupShape, type ShownKind } from './backup-shape.tsx';

/** What the shapes on the strip mean, as far as there are any, and which keys move the handle. */
export function Legend({ hasGaps, kinds, tones }: { hasGaps: boolean; kinds: readonly ShownKind[]; tones: readonly Tone[] }) {
  return (
    <div className="flex min-w-0 flex-1 flex-wrap gap-x-4 gap-y-1 pt-1 text-12 text-muted">
      <LegendEntry shape={<span className="h-3 w-4 rounded-sm bg-healthy/70" />}>can be restored</LegendEntry>
      {hasGaps && (
        <LegendEntry
          shape={
            <span className="h-3 w-4 border-attention border-x bg-[repeating-linear-gradient(135deg,var(--state-attention)_0_1.5px,var(--state-attention-soft)_1.5px_5px)]" />
          }
        >
          gap
        </LegendEntry>
      )}
      {backupWords
        .filter(([kind]) => kinds.includes(kind))
        .map(([kind, words]) => (
          <LegendEntry key={kind} shape={<BackupShape kind={kind} />}>
            {words}
          </LegendEntry>
        ))}
      <MarkLegend tones={tones} />
      <LegendEntry shape={<span className="ml-1 h-3 border-line-strong border-l border-dashed" />}>now</LegendEntry>
      <span className="basis-full text-faint max-md:hidden">
        Arrows move the handle by 1 s, pages by 1 min; with Shift 10 s and 1 h. + and − zoom.
      </span>
    </div>
  );
}

const backupWords: [ShownKind, string][] = [
  ['base', 'full backup'],
  ['full', 'outside the archive'],
  ['increment', 'incremental'],
];
