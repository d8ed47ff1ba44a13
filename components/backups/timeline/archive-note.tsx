import type { ReactNode } from 'react';
import { formatBytes } from '#client/format.ts';
import { useDenial } from '#client/queries/me.ts';
import { useSetArchiving } from '#client/queries/restore-window.ts';
import { useNoticedHealth } from '#components/instance/noticed-health.ts';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { Button } from '#components/ui/button.tsx';
import { notifyProblem } from '#components/ui/notify.ts';
import { Mark } from '#components/ui/status-mark.tsx';
import { getDatastore } from '#contract/datastores/definitions.ts';
import type { Tone } from '#contract/health.ts';
import type { Backup } from '#contract/resources/backup.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';
import { isBeingMade } from '../backup-states.ts';

/** What is not right with the archive, why, and what to do, as far as the notice above the tab does not say it; nothing while all is well. */
export function ArchiveNote({ instance, window, backups }: { instance: Instance; window: RestoreWindow; backups: readonly Backup[] }) {
  const isBeginning = isFirstUnderWay(window, backups) && instance.role !== 'replica';
  const said = isBeginning ? beginning : explain(instance, window);
  const noticed = useNoticedHealth(instance);
  if (said === null) return null;
  const isSaidAbove = noticed?.sentence === `${said.sentence} ${said.next}`;
  const keeps = isBeginning || window.archiving === 'on' ? null : findKept(window);
  if (isSaidAbove && keeps === null && said.action === undefined) return null;
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2 border-line border-b px-4 py-3" data-archiving={window.archiving}>
      <p className="flex min-w-0 flex-1 basis-80 gap-2">
        <Mark tone={said.tone} className="mt-1" />
        <span className="min-w-0">
          {!isSaidAbove && (
            <>
              {said.sentence} <span className="text-muted">{said.next}</span>
            </>
          )}
          {keeps !== null && (
            <span className="block text-muted">
              The database keeps <span className="num">{formatBytes(keeps.bytes)}</span> on its volume until it is stored, at most{' '}
              <span className="num">{formatBytes(keeps.limitBytes)}</span>: then the archive is given up and begins anew.
            </span>
          )}
        </span>
      </p>
      {said.action}
    </div>
  );
}

function findKept({ keptBytes, keptLimitBytes }: RestoreWindow): { bytes: number; limitBytes: number } | null {
  return keptBytes === null || keptLimitBytes === null ? null : { bytes: keptBytes, limitBytes: keptLimitBytes };
}

type Said = { tone: Tone; sentence: string; next: string; action?: ReactNode };

const beginning: Said = {
  tone: 'working',
  sentence: 'Archiving begins with the backup under way.',
  next: 'From its end on, any moment can be restored.',
};

/** The one that every later moment will need is being made: nothing is amiss, and no other is wanted. */
export function isFirstUnderWay({ archiving, windows, wanted }: RestoreWindow, backups: readonly Backup[]): boolean {
  const isWanted = archiving === 'behind' || archiving === 'on' || (archiving === 'off' && wanted === 'with-first-backup');
  return isWanted && windows.length === 0 && backups.some(({ kind, state }) => kind === 'full' && isBeingMade(state));
}

function explain(instance: Instance, window: RestoreWindow): Said | null {
  const { archiving, error, windows } = window;
  const back = <FullBackup instance={instance} />;
  if (archiving === 'unsupported')
    return {
      tone: 'stopped',
      sentence: `${getDatastore(instance.datastore).title} cannot be restored to a point in time here yet.`,
      next: 'Each backup below can be restored as a whole.',
    };
  if (instance.role === 'replica')
    return {
      tone: 'stopped',
      sentence: 'A replica is not archived: its source is.',
      next: windows.length > 0 ? 'What was archived while this was the source can still be restored.' : 'Moments are restored from there.',
    };
  if (archiving === 'off' && window.wanted === 'with-first-backup' && window.backups.length === 0)
    return {
      tone: 'stopped',
      sentence: 'Nothing is archived yet.',
      next: 'Archiving begins with the first full backup. From its end on, any moment can be restored.',
      action: back,
    };
  if (archiving === 'off')
    return {
      tone: windows.length > 0 ? 'attention' : 'stopped',
      sentence: 'Continuous archiving is off: what is written now can only be restored from a backup.',
      next:
        windows.length > 0
          ? 'What was archived can still be restored. Turned on again, new moments can be restored from the next full backup on.'
          : 'Turn it on and create a full backup: from its end on, any moment can be restored.',
      action: <TurnOn instance={instance} />,
    };
  if (error === null) {
    if (archiving === 'behind') return { tone: 'attention', ...late };
    if (archiving === 'broken') return { tone: 'broken', ...broken };
    return windows.length === 0 ? begun : null;
  }
  const isBaseMissing = archiving === 'on' && windows.at(-1)?.isOpen !== true;
  const tone = archiving === 'broken' ? 'broken' : 'attention';
  return { tone, sentence: error.sentence, next: error.next, ...(isBaseMissing ? { action: back } : {}) };
}

const begun: Said = {
  tone: 'working',
  sentence: 'The archive has just begun.',
  next: 'From the end of a full backup on, any moment can be restored.',
};
const late = { sentence: 'The archive is behind.', next: 'See whether the instance runs and its agent is heard.' };
const broken = { sentence: 'Nothing reaches the storage.', next: 'Test the storage on the Storage page.' };

function FullBackup({ instance }: { instance: Instance }) {
  return (
    <OperationButton name="create-backup" instance={instance} size="sm">
      Create full backup
    </OperationButton>
  );
}

function TurnOn({ instance }: { instance: Instance }) {
  const denial = useDenial('backup-schedule.manage', instance.projectId);
  const set = useSetArchiving(instance.id);
  return (
    <Button size="sm" refusal={denial} busy={set.isPending} onClick={() => set.mutate(true, { onError: notifyProblem })}>
      Turn archiving on
    </Button>
  );
}
