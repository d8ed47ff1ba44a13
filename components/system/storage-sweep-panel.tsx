import type { ReactNode } from 'react';
import { formatBytes, formatNumber } from '#client/format.ts';
import { Panel } from '#components/ui/panel.tsx';
import { ExactTime, RelativeTime } from '#components/ui/relative-time.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import type { Tone } from '#contract/health.ts';
import type { StorageSweep } from '#contract/resources/system.ts';

/** Whether anything lies in backup storages that is no backup, and what was done about it. */
export function StorageSweepPanel({ sweep }: { sweep: StorageSweep | null }) {
  return (
    <Panel title="Storage sweep" note="what failed and deleted backups left">
      <ul className="space-y-1.5">
        {sweep === null ? <Line tone="unknown">Not swept yet: the first sweep runs within a day.</Line> : <Shown sweep={sweep} />}
      </ul>
    </Panel>
  );
}

function Shown({ sweep }: { sweep: StorageSweep }) {
  const { ranAt, removed, removedBytes, removedAt, leftAlone, unknown, heldUntil, faults } = sweep;
  return (
    <>
      <Line tone="healthy">
        Swept <RelativeTime at={ranAt} />.{' '}
        {removedAt === null ? (
          'Nothing had to be removed so far.'
        ) : (
          <>
            Remains removed so far: <span className="num">{formatNumber(removed)}</span>,{' '}
            <span className="num">{formatBytes(removedBytes)}</span>; the last <RelativeTime at={removedAt} />.
          </>
        )}
      </Line>
      {heldUntil !== null && (
        <Line tone="working">
          Nothing is removed until <ExactTime at={heldUntil} />: the control plane was brought back from a save, and what was made after it
          may lie in the storages. Retention waits as well.
        </Line>
      )}
      {leftAlone > 0 && (
        <Line tone="unknown">
          <span className="num">{formatNumber(leftAlone)}</span> unfinished{' '}
          {leftAlone === 1 ? 'backup or archive was' : 'backups or archives were'} left alone: they are younger than a day, of another
          installation, or nobody can tell yet whether they are still written or needed.
        </Line>
      )}
      {unknown > 0 && (
        <Line tone="attention">
          <span className="num">{formatNumber(unknown)}</span> whole {unknown === 1 ? 'backup is' : 'backups are'} not in this catalogue and{' '}
          {unknown === 1 ? 'was' : 'were'} kept. <code className="num">npm run recover -- --catalogue</code> adds those of this
          installation; until then nothing of their instances’ archives goes, and their retention waits.
        </Line>
      )}
      {faults.map(({ place, sentence }) => (
        <Line key={place} tone="broken">
          {place} could not be swept: {sentence} It is tried again within minutes.
        </Line>
      ))}
    </>
  );
}

function Line({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <li className="flex gap-2">
      <Mark tone={tone} className="mt-1" />
      <p className="min-w-0">{children}</p>
    </li>
  );
}
