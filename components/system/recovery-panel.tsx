import { type ReactNode, useState } from 'react';
import { formatBytes, formatNumber } from '#client/format.ts';
import { useRecovery, useRecoveryChanges } from '#client/queries/recovery.ts';
import { useStorageTargets } from '#client/queries/storage-targets.ts';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { FaultNote } from '#components/ui/fault-note.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { notifyProblem } from '#components/ui/notify.ts';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import type { Tone } from '#contract/health.ts';
import type { Recovery } from '#contract/resources/recovery.ts';
import { describeInterval, RecoveryDialog } from './recovery-dialog.tsx';

/** Whether the control plane would survive the loss of its machine, and what is needed then. */
export function RecoveryPanel() {
  const query = useRecovery();
  const { change, save, renew } = useRecoveryChanges();
  const [renewing, setRenewing] = useState(false);
  const [changing, setChanging] = useState(false);
  // A run that was asked for is over when the next one is planned: until then it is due.
  const isSaving = save.isPending || (query.data !== undefined && Date.parse(query.data.nextRunAt) <= query.dataUpdatedAt);
  return (
    <Panel
      title="Recovery"
      note="the control plane’s own backup"
      actions={
        query.data && (
          <>
            <Button size="sm" onClick={() => setChanging(true)}>
              Change…
            </Button>
            <Button size="sm" onClick={() => setRenewing(true)}>
              New key…
            </Button>
            <Button size="sm" busy={isSaving} onClick={() => save.mutate()}>
              Save now
            </Button>
          </>
        )
      }
    >
      <Loaded query={query} skeleton={<Skeleton className="h-20 w-full" />} what="What is saved">
        {(recovery) => <Shown recovery={recovery} onKept={() => change.mutate({ keyKept: true }, { onError: notifyProblem })} />}
      </Loaded>
      {save.error !== null && <FaultNote error={save.error} />}
      <ConfirmDialog
        open={renewing}
        onOpenChange={setRenewing}
        title="Make a new recovery key"
        verb="Make a new key"
        goes={['Saves for the present key: they are deleted a day after the first save for the new one.']}
        stays={[
          'What is saved: a save for the new key is made at once.',
          'The present key, as recovery-key.earlier in the data folder, until its saves are deleted.',
        ]}
        run={() => renew.mutateAsync()}
      >
        <p className="text-muted">
          Then copy the new <code className="num">recovery-key</code> from the data folder to where you keep the present one.
        </p>
      </ConfirmDialog>
      {changing && query.data && <RecoveryDialog recovery={query.data} onDone={() => setChanging(false)} />}
    </Panel>
  );
}

function Shown({ recovery, onKept }: { recovery: Recovery; onKept(): void }) {
  const { saved, fault, faultAt, storageTargetId, everyMinutes, keepCount, keyKept } = recovery;
  const target = useStorageTargets().data?.items.find(({ id }) => id === storageTargetId);
  const isSaved = saved !== null && saved.at === faultAt;
  return (
    <ul className="space-y-1.5">
      {fault !== null && (
        <Line tone={isSaved ? 'attention' : 'broken'}>
          {isSaved ? 'The last save is whole, but older ones could not be deleted ' : 'The last save failed '}
          <RelativeTime at={faultAt ?? ''} />: {fault.sentence}
          {fault.detail === undefined ? '' : ` (${fault.detail})`} It is tried again {isSaved ? 'with the next save' : 'every few minutes'}.
        </Line>
      )}
      {saved === null ? (
        <Line tone="attention">Not saved yet: the first save is made within a minute.</Line>
      ) : (
        <Line tone={fault === null || isSaved ? 'healthy' : 'attention'}>
          Saved <RelativeTime at={saved.at} /> to {saved.to}: <span className="num">{formatNumber(saved.rows)}</span> rows,{' '}
          <span className="num">{formatBytes(saved.bytes)}</span>. {describeInterval(everyMinutes)}; the newest{' '}
          <span className="num">{formatNumber(keepCount)}</span> are kept.
        </Line>
      )}
      {recovery.renewedAt !== null && (
        <Line tone={keyKept ? 'healthy' : 'attention'}>
          A new recovery key was made <RelativeTime at={recovery.renewedAt} />: copy <code className="num">recovery-key</code> to where you
          keep the earlier one. Saves for the earlier key are deleted a day after the first one for the new key.
        </Line>
      )}
      {storageTargetId === null && (
        <Line tone="attention">Saves lie on this machine and are lost with it. Change where they go: to a storage outside it.</Line>
      )}
      <Line tone={keyKept ? 'healthy' : 'attention'}>
        Only the recovery key opens a save.{' '}
        {keyKept ? (
          'A copy of it is kept elsewhere, as somebody said here.'
        ) : (
          <>
            It was written to <code className="num">recovery-key</code> in the data folder: keep a copy elsewhere.
          </>
        )}
        {target !== undefined && (
          <>
            {' '}
            Keep{' '}
            <a className="text-accent hover:underline" href="/api/recovery/storage" download="recovery-storage.json">
              the address of {target.name}
            </a>{' '}
            beside it.
          </>
        )}{' '}
        On an empty machine, <code className="num">npm run recover</code> brings everything back.
      </Line>
      {!keyKept && (
        <li className="pl-5">
          <Button size="sm" onClick={onKept}>
            It is kept elsewhere
          </Button>
        </li>
      )}
    </ul>
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
