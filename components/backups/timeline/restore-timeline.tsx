import { ChevronsLeft, ChevronsRight, RotateCcw, ShieldCheck } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useNow } from '#client/browser.ts';
import { useEvents } from '#client/queries/events.ts';
import { useDenial } from '#client/queries/me.ts';
import { useOperations } from '#client/queries/operations.ts';
import { useRestoreWindow } from '#client/queries/restore-window.ts';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { Backup } from '#contract/resources/backup.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';
import { planRestorePoint, refusePoint, toWholeMoment } from '#contract/restore-window.ts';
import { ArchiveNote } from './archive-note.tsx';
import { ArchiveSwitch } from './archive-switch.tsx';
import { findSnap } from './handle.ts';
import { howToWrite, isUnread, MomentField, type TypedMoment } from './moment-field.tsx';
import { localiseMoments } from './moment-text.ts';
import { findRestorable, findWhole, listMoments, listSnaps } from './moments.ts';
import { PointPlan } from './point-plan.tsx';
import { Strip } from './strip.tsx';
import type { Span } from './time-scale.ts';
import { WindowLine } from './window-line.tsx';

/** What an instance can be restored to, drawn as time; a moment is chosen on it and taken to the new-instance page. */
export function RestoreTimeline({ instance, backups }: { instance: Instance; backups: readonly Backup[] }) {
  const query = useRestoreWindow(instance.id);
  const window = query.data;
  const restorable = window === undefined ? null : findRestorable(window);
  return (
    <Panel
      title="Point in time"
      flush
      {...(window === undefined
        ? {}
        : { note: <WindowLine window={window} />, actions: <ArchiveSwitch instance={instance} window={window} /> })}
    >
      <Loaded query={query} skeleton={<SkeletonRows rows={4} label="Reading what can be restored" />} what="What can be restored">
        {(found) => (
          <>
            <ArchiveNote instance={instance} window={found} backups={backups} />
            {restorable !== null && <Chosen instance={instance} backups={backups} window={found} restorable={restorable} />}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

type ChosenProps = { instance: Instance; backups: readonly Backup[]; window: RestoreWindow; restorable: Span };

function Chosen({ instance, backups, window, restorable }: ChosenProps) {
  const nowMs = useNow(1000);
  const events = useEvents(instance.id).data?.items;
  const operations = useOperations({ instance: instance.id }).data?.items;
  const denial = useDenial('instance.create', instance.projectId);
  // Null goes with the newest moment.
  const [chosenMs, setChosenMs] = useState<number | null>(null);
  const [typed, setTyped] = useState<TypedMoment | null>(null);
  const choose = (ms: number | null) => {
    setTyped(null);
    setChosenMs(ms);
  };
  const atMs = toWholeMoment(window, chosenMs ?? restorable.toMs);
  const moments = useMemo(() => listMoments(events ?? [], operations ?? []), [events, operations]);
  const snaps = useMemo(() => listSnaps(moments, window), [moments, window]);
  const whole = findWhole(restorable, nowMs);
  const plan = isUnread(typed) ? null : planRestorePoint(window, atMs);
  const refused = refusePoint(window, atMs);
  const refusal = isUnread(typed) ? `What is typed is no moment. ${howToWrite}` : refused === null ? null : localiseMoments(refused.reason);
  const before = useMemo(() => listSnaps(moments, { ...window, windows: [] }), [moments, window]);
  const inReach = before.filter((candidate) => candidate.atMs >= restorable.fromMs && candidate.atMs <= restorable.toMs);
  const [previous, next] = [findSnap(inReach, atMs, 'before'), findSnap(inReach, atMs, 'after')];
  return (
    <div className="grid gap-x-6 gap-y-4 p-4 lg:grid-cols-[minmax(0,1fr)_320px]">
      <div className="min-w-0">
        <Strip {...{ window, backups, moments, snaps, restorable, whole, nowMs, atMs, refusal }} onChange={choose} />
      </div>
      <div className="min-w-0 space-y-3">
        <MomentField label="Moment" {...{ atMs, typed }} grainMs={window.grainMs} onChange={setChosenMs} onType={setTyped} />
        <div className="flex flex-wrap gap-1">
          <Button size="sm" aria-pressed={chosenMs === null} onClick={() => choose(null)}>
            Latest
          </Button>
          <Button
            size="sm"
            icon={ChevronsLeft}
            refusal={previous === null ? 'Nothing happened before this moment.' : null}
            onClick={() => previous && choose(previous.atMs)}
          >
            Previous event<span className="sr-only">, just before it</span>
          </Button>
          <Button
            size="sm"
            icon={ChevronsRight}
            refusal={next === null ? 'Nothing happened after this moment.' : null}
            onClick={() => next && choose(next.atMs)}
          >
            Next event<span className="sr-only">, just before it</span>
          </Button>
        </div>
        {/* As high as a plan, so that nothing below it jumps while moments are tried. */}
        <div className="min-h-27">
          <PointPlan plan={plan} refusal={refusal} atMs={atMs} />
        </div>
        <div className="grid gap-2">
          {refusal !== null || denial !== null ? (
            <Button look="primary" icon={RotateCcw} refusal={denial ?? refusal} className="w-full">
              Restore to this moment
            </Button>
          ) : (
            <LinkButton
              look="primary"
              icon={RotateCcw}
              href={`/instances/new?from=point-in-time:${instance.id}:${atMs}`}
              className="w-full"
            >
              Restore to this moment
            </LinkButton>
          )}
          {plan === null ? (
            <Button icon={ShieldCheck} refusal={refusal ?? 'This moment cannot be restored to.'}>
              Prove this moment
            </Button>
          ) : (
            <OperationButton name="prove-backup" instance={null} projectId={instance.projectId} input={{ backupId: plan.backupId, atMs }}>
              Prove this moment
            </OperationButton>
          )}
        </div>
      </div>
    </div>
  );
}
