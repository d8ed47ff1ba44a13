import { Fragment } from 'react';
import { useNow } from '#client/browser.ts';
import { stepRatio } from '#client/progress.ts';
import { describeEstimate, describeRemaining, describeStep } from '#client/progress-text.ts';
import { useOperation } from '#client/queries/operations.ts';
import { Go } from '#components/ui/go.tsx';
import { Meter } from '#components/ui/meter.tsx';
import type { Backup, BackupState } from '#contract/resources/backup.ts';
import { estimateBackup } from './backup-pace.ts';

/** How far a backup is that is being made: percent, bytes a second, and how long it takes by what earlier ones took. */
export function BackupProgress({ backup, operationId, all }: { backup: Backup; operationId: string; all: readonly Backup[] }) {
  const { data: operation } = useOperation(operationId);
  const nowMs = useNow(1000);
  const step = operation?.steps.find((candidate) => candidate.state === 'running');
  const ratio = step === undefined ? null : stepRatio(step);
  const parts = [
    ...(ratio === null ? [] : [`${Math.floor(ratio * 100)} %`]),
    ...(step === undefined ? [] : describeStep(step).split(' · ')),
  ].filter((part) => part !== '');
  const estimate = estimateBackup(backup, all) ?? operation?.estimate ?? null;
  return (
    <span className="mt-1 block pb-1.5 text-12 text-muted">
      {ratio !== null && <Meter ratio={ratio} label="Saved" tone="working" progress className="mb-1 w-32" />}
      <span className="num">
        {parts.map((part, at) => (
          <Fragment key={part}>
            {at > 0 && ' · '}
            <span className="whitespace-nowrap">{part}</span>
          </Fragment>
        ))}
      </span>
      {operation !== undefined && (
        <span className="block">{(step && describeRemaining(step)) ?? describeEstimate({ ...operation, estimate }, nowMs)}</span>
      )}
    </span>
  );
}

/** Why a backup is not what it should be, and what to do. */
export function BackupFailure({ backup }: { backup: Backup }) {
  const next = backup.missingSince === null ? nextSteps[backup.state] : comesBack;
  if (backup.failure === null && next === undefined) return null;
  return (
    <span className="block max-w-80 whitespace-normal pb-1.5 text-12 text-muted">
      {backup.failure} {next}{' '}
      {backup.state === 'FAILED' && backup.operationId !== null && (
        <Go href={`/operations/${backup.operationId}`} className="text-accent hover:underline">
          What happened
        </Go>
      )}
    </span>
  );
}

const comesBack = 'Bring it back there: it is taken up again within minutes. Or create a full backup, then delete this one.';

const nextSteps: Partial<Record<BackupState, string>> = {
  FAILED: 'Nothing of it is kept: put the cause right and back up again.',
  CORRUPT: 'Do not count on it: create a full backup, then delete this one.',
  DELETE_FAILED: 'Delete it again once its storage answers.',
};
