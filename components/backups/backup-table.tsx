'use client';
import { CornerDownRight, RotateCcw } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import { useNow } from '#client/browser.ts';
import { formatBytes } from '#client/format.ts';
import { stepRatio } from '#client/progress.ts';
import { useInstances } from '#client/queries/instances.ts';
import { useDenial } from '#client/queries/me.ts';
import { useOperation } from '#client/queries/operations.ts';
import { useStorageTargets } from '#client/queries/storage-targets.ts';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EngineMark } from '#components/ui/engine-mark.tsx';
import { Go } from '#components/ui/go.tsx';
import { later } from '#components/ui/later.tsx';
import { Meter } from '#components/ui/meter.tsx';
import { Bytes, Duration } from '#components/ui/quantity.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import type { Backup } from '#contract/resources/backup.ts';
import { BackupFailure, BackupProgress } from './backup-outcome.tsx';
import { findBytesPerSecond } from './backup-pace.ts';
import { describeState, isBeingMade } from './backup-states.ts';
import { listBuiltOnIds, orderByChain } from './chains.ts';
import { ProofBadge } from './proof-badge.tsx';

const ProofReport = later(
  () => import('./proof-report.tsx').then((room) => room.ProofReport),
  null,
  (report) => report.onDone(),
);

type BackupTableProps = { backups: readonly Backup[]; all: readonly Backup[]; ofOne?: boolean };

/** Backups newest first, those that add to another below it; `all` teaches how long one takes. `ofOne` leaves out whose they are. */
export function BackupTable({ backups, all, ofOne }: BackupTableProps) {
  const builtOn = useMemo(() => listBuiltOnIds(all), [all]);
  return (
    <Table caption="Backups, newest first">
      <thead className="max-sm:sr-only">
        <tr>
          <HeadCell>Name</HeadCell>
          {!ofOne && <HeadCell className="max-md:hidden">Instance</HeadCell>}
          <HeadCell>State</HeadCell>
          <HeadCell numeric className="max-sm:hidden">
            Size
          </HeadCell>
          <HeadCell numeric className="max-md:hidden">
            Took
          </HeadCell>
          <HeadCell className="max-md:hidden">Made</HeadCell>
          <HeadCell>
            <span className="sr-only">Actions</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {orderByChain(backups).map(({ backup, depth }) => (
          <BackupRow
            key={backup.id}
            backup={backup}
            all={all}
            depth={depth}
            ofOne={ofOne ?? false}
            isBuiltOn={builtOn.has(backup.id)}
            hasChains={builtOn.size > 0}
          />
        ))}
      </tbody>
    </Table>
  );
}

/** On a phone the cells of a row lie below one another, each as wide as the row. */
const stacked = 'max-sm:h-auto! max-sm:px-4';

type BackupRowProps = { backup: Backup; all: readonly Backup[]; depth: number; ofOne: boolean; isBuiltOn: boolean; hasChains: boolean };

/** What is shown of hundreds is not drawn again for those that come below it. */
export const BackupRow = memo(function BackupRow({ backup, all, depth, ofOne, isBuiltOn, hasChains }: BackupRowProps) {
  const target = useStorageTargets().data?.items.find(({ id }) => id === backup.storageTargetId);
  const nowMs = useNow(isBeingMade(backup.state) ? 1000 : 60_000);
  const endMs = backup.endedAt === null ? (isBeingMade(backup.state) ? nowMs : null) : Date.parse(backup.endedAt);
  const tookMs = endMs === null ? null : endMs - Date.parse(backup.createdAt);
  const bytesPerSecond = findBytesPerSecond(backup);
  return (
    <TableRow className="max-sm:grid max-sm:py-2">
      <Cell className={stacked}>
        <span className="flex gap-1.5">
          {depth > 0 && (
            <CornerDownRight
              aria-hidden
              className="mt-0.5 size-3.5 shrink-0 text-faint"
              style={{ marginLeft: `${Math.min(depth - 1, 6)}rem` }}
            />
          )}
          <span className="min-w-0 [overflow-wrap:anywhere]">
            <span className="mr-2 font-medium">{backup.name}</span>
            {backup.kind === 'incremental' && <Chip>incremental</Chip>}
            <span className="block text-12 text-faint md:hidden">
              {!ofOne && `${backup.instanceName}, `}
              <RelativeTime at={backup.createdAt} />
              {backup.sizeBytes !== null && (
                <span className="num sm:hidden">
                  {' · '}
                  {formatBytes(backup.sizeBytes)}
                  {target !== undefined && ` in ${target.name}`}
                </span>
              )}
              <span className="block">
                by {backup.createdBy}
                {tookMs !== null && (
                  <>
                    {backup.endedAt === null ? ' · for ' : ' · took '}
                    <Duration ms={tookMs} />
                  </>
                )}
                {bytesPerSecond !== null && <span className="num"> at {formatBytes(bytesPerSecond)}/s</span>}
              </span>
            </span>
          </span>
        </span>
      </Cell>
      {!ofOne && (
        <Cell className="max-md:hidden">
          <Whose backup={backup} />
        </Cell>
      )}
      <Cell className={stacked}>
        <State backup={backup} all={all} />
      </Cell>
      <Cell numeric className="max-sm:hidden">
        <Bytes of={backup.sizeBytes} />
        {backup.sourceBytes !== null && backup.sizeBytes !== null && (
          <span className="block text-12 text-faint">
            of <Bytes of={backup.sourceBytes} />
          </span>
        )}
        {target !== undefined && <span className="block text-12 text-faint">in {target.name}</span>}
      </Cell>
      <Cell numeric className="max-md:hidden">
        <Duration ms={tookMs} />
        {bytesPerSecond !== null && <span className="block text-12 text-faint">{formatBytes(bytesPerSecond)}/s</span>}
      </Cell>
      <Cell className="whitespace-nowrap text-muted max-md:hidden">
        <RelativeTime at={backup.createdAt} className="num" />
        <span className="block text-12 text-faint">by {backup.createdBy}</span>
      </Cell>
      <Cell className={stacked}>
        <span className="flex justify-end gap-1 max-sm:flex-wrap max-sm:justify-start">
          <Restore backup={backup} />
          <OperationButton
            name="prove-backup"
            instance={null}
            projectId={backup.projectId}
            input={{ backupId: backup.id, atMs: null }}
            look="quiet"
            size="sm"
          >
            <span>Prove</span>
            <span className="sr-only"> {backup.name}</span>
          </OperationButton>
          {/* As wide as the longest of the table, so that the buttons of all rows stand below one another. */}
          <span className={hasChains ? 'sm:w-30' : ''}>
            <OperationButton
              name="delete-backup"
              instance={null}
              projectId={backup.projectId}
              input={{ backupId: backup.id, withChain: isBuiltOn, confirmName: '' }}
              look="quiet"
              size="sm"
            >
              <span>{isBuiltOn ? 'Delete chain' : 'Delete'}</span>
              <span className="sr-only"> {backup.name}</span>
            </OperationButton>
          </span>
        </span>
      </Cell>
    </TableRow>
  );
});

/** The instance while it exists; its name and engine when only the backup is left. */
function Whose({ backup }: { backup: Backup }) {
  const { items = [], complete = false } = useInstances().data ?? {};
  const exists = items.some((instance) => instance.id === backup.instanceId);
  return (
    <>
      {exists ? (
        <Go href={`/instances/${backup.instanceId}/backups`} className="hover:text-accent hover:underline">
          {backup.instanceName}
        </Go>
      ) : (
        <span>
          {backup.instanceName} {complete && <span className="text-12 text-faint">deleted</span>}
        </span>
      )}
      <span className="block text-12 text-faint">
        <EngineMark datastore={backup.datastore} version={backup.version} />
      </span>
    </>
  );
}

function State({ backup, all }: { backup: Backup; all: readonly Backup[] }) {
  return (
    <>
      <StatusMark {...describeState(backup)} className="max-sm:mr-2" />
      {backup.operationId !== null && isBeingMade(backup.state) && (
        <BackupProgress backup={backup} operationId={backup.operationId} all={all} />
      )}
      {backup.proof !== null && <Proof backup={backup} proof={backup.proof} />}
      <BackupFailure backup={backup} />
    </>
  );
}

/** The badge opens the reports. */
function Proof({ backup, proof }: { backup: Backup; proof: NonNullable<Backup['proof']> }) {
  const [open, setOpen] = useState(false);
  return (
    <span className="block max-sm:inline-block">
      <button type="button" className="rounded" onClick={() => setOpen(true)}>
        <ProofBadge proof={proof} />
        <span className="sr-only">: the report of {backup.name}</span>
      </button>
      {proof.state === 'running' && <Progress operationId={proof.id} />}
      {open && <ProofReport backup={backup} onDone={() => setOpen(false)} />}
    </span>
  );
}

function Progress({ operationId }: { operationId: string }) {
  const { data } = useOperation(operationId);
  const step = data?.steps.find((candidate) => candidate.state === 'running');
  const ratio = step === undefined ? null : stepRatio(step);
  return ratio === null ? null : <Meter ratio={ratio} label="Restored for proof" tone="working" progress className="mt-1 w-32" />;
}

function Restore({ backup }: { backup: Backup }) {
  const denial = useDenial('instance.create', backup.projectId);
  const refusal =
    denial ??
    (backup.state === 'COMPLETED'
      ? null
      : `The backup is ${describeState(backup).label.toLowerCase()}; only a completed one can be restored.`);
  if (refusal !== null) {
    return (
      <Button size="sm" icon={RotateCcw} refusal={refusal}>
        Restore<span className="sr-only"> {backup.name}</span>
      </Button>
    );
  }
  return (
    <LinkButton size="sm" icon={RotateCcw} href={`/instances/new?from=backup:${backup.id}`}>
      Restore<span className="sr-only"> {backup.name} to a new instance</span>
    </LinkButton>
  );
}
