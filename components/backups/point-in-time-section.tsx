import { History } from 'lucide-react';
import { useNow } from '#client/browser.ts';
import { formatAge, formatBytes } from '#client/format.ts';
import { useDenial } from '#client/queries/me.ts';
import { useRestoreWindow, useSetArchiving } from '#client/queries/restore-window.ts';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { notifyProblem } from '#components/ui/notify.ts';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import type { Tone } from '#contract/health.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';
import { formatMoment } from './moment.ts';

const tones: Record<RestoreWindow['archiving'], Tone> = {
  on: 'healthy',
  behind: 'attention',
  broken: 'broken',
  off: 'stopped',
  unsupported: 'stopped',
};

/** To which moments the instance can be restored, how late its archive is, and what is wrong with it. */
export function PointInTimeSection({ instance }: { instance: Instance }) {
  const found = useRestoreWindow(instance.id);
  const denial = useDenial('backup-schedule.manage', instance.projectId);
  const set = useSetArchiving(instance.id);
  const window = found.data;
  const last = window?.windows.at(-1);
  const change = (enabled: boolean) => set.mutate(enabled, { onError: notifyProblem });
  return (
    <Panel
      title="Point in time"
      note={window !== undefined && window.storedBytes > 0 ? `${formatBytes(window.storedBytes)} of archive` : undefined}
      flush
      actions={
        window !== undefined && (
          <>
            <Button size="sm" refusal={denial} busy={set.isPending} onClick={() => change(window.wanted !== 'on')}>
              {window.wanted === 'on' ? 'Turn archiving off' : 'Turn archiving on'}
            </Button>
            {last !== undefined && (
              <LinkButton size="sm" icon={History} href={`/instances/new?from=point:${instance.id}:${last.toMs}`}>
                Restore to a point in time
              </LinkButton>
            )}
          </>
        )
      }
    >
      <Loaded query={found} skeleton={<SkeletonRows rows={1} label="Reading the restore window" />} what="The restore window">
        {(read) => <Windows read={read} />}
      </Loaded>
    </Panel>
  );
}

function Windows({ read }: { read: RestoreWindow }) {
  const nowMs = useNow(1000);
  const [first] = read.windows;
  const last = read.windows.at(-1);
  return (
    <div className="space-y-1 px-4 py-3">
      <p className="flex items-baseline gap-2">
        <Mark tone={tones[read.archiving]} className="shrink-0" />
        {first === undefined || last === undefined ? (
          <span>
            No moment of its past can be restored yet.
            {read.wanted === 'with-first-backup' && <span className="text-muted"> Archiving begins with the first full backup.</span>}
          </span>
        ) : (
          <span className="num">
            Restorable from {formatMoment(first.fromMs)} to {formatMoment(last.toMs)} UTC
            {last.isOpen && read.archiving !== 'off' ? ` (${formatAge(Math.max(0, nowMs - last.toMs))} ago)` : ''}
          </span>
        )}
      </p>
      {read.error !== null && (
        <p role="status" className="pl-5">
          {read.error.sentence} <span className="text-muted">{read.error.next}</span>
        </p>
      )}
      {read.gaps.map((gap) => (
        <p key={gap.fromMs} className="flex items-baseline gap-2">
          <Mark tone="attention" className="shrink-0" />
          <span>
            Gap from {formatMoment(gap.fromMs)} {gap.toMs === null ? 'on' : `to ${formatMoment(gap.toMs)}`} UTC.{' '}
            <span className="text-muted">{gap.reason} A full backup ends a gap.</span>
          </span>
        </p>
      ))}
    </div>
  );
}
