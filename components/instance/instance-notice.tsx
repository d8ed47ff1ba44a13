'use client';
import { useBrowser, useNow } from '#client/browser.ts';
import { formatDuration } from '#client/format.ts';
import { seenAtMs } from '#client/health.ts';
import { useDatastoreVersions } from '#client/queries/catalogue.ts';
import { useOperation } from '#client/queries/operations.ts';
import { SilentAgent } from '#components/operations/agent-silence.tsx';
import { useDesk } from '#components/operations/desk.tsx';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { ClockTime } from '#components/ui/relative-time.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import { getDatastore } from '#contract/datastores/definitions.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { findMinorUpgrade } from '#contract/upgrades.ts';
import { hrefOf } from './instance-tabs.ts';
import { useNoticedHealth } from './noticed-health.ts';

const grounds = {
  broken: 'bg-broken-soft',
  attention: 'bg-attention-soft',
  unknown: 'bg-unknown-soft',
  working: 'bg-working-soft',
} as const;

/** On a phone the words are several lines, and the mark stands beside the first. */
const beside = 'max-sm:mt-1 max-sm:self-start';

/** One line on every tab while the instance is not simply well: what is, what it means, what to do. */
export function InstanceNotice({ instance }: { instance: Instance }) {
  const health = useNoticedHealth(instance);
  if (instance.operationId !== null) return <RunningNotice operationId={instance.operationId} instance={instance} />;
  if (instance.unsettledRestoreId !== null) return <UnsettledNotice instance={instance} />;
  if (health === null)
    return (
      <>
        <CrashNotice instance={instance} />
        <ProofNotice instance={instance} />
        <ProgramsNotice instance={instance} />
      </>
    );
  const { tone } = health;
  const shows = instance.guest?.lastError;
  return (
    <div
      role="status"
      className={`flex flex-wrap items-start gap-x-3 gap-y-2 rounded-panel border border-line px-4 py-2.5 ${grounds[tone]}`}
    >
      <Mark tone={tone} className="mt-1" />
      <div className="min-w-0 grow basis-60">
        <p>
          <strong className="font-semibold">{health.label}.</strong> {health.sentence}
          {tone === 'unknown' && <SilentSince instance={instance} />}
          {tone === 'broken' && <NextTry instance={instance} />}
        </p>
        {shows != null && <pre className="num mt-1 whitespace-pre-wrap break-words text-12 text-muted">{shows}</pre>}
      </div>
      {tone === 'broken' && (
        <LinkButton size="sm" href={hrefOf(instance.id, 'logs')}>
          Read the log
        </LinkButton>
      )}
      {instance.errored && (
        <LinkButton size="sm" href={hrefOf(instance.id, 'operations')}>
          Open operations
        </LinkButton>
      )}
    </div>
  );
}

function SilentSince({ instance }: { instance: Instance }) {
  const seen = seenAtMs(useBrowser(), instance);
  const nowMs = useNow(1000);
  if (seen === null || nowMs === 0) return null;
  return (
    <>
      {' '}
      Everything below is of <ClockTime at={seen} />, <span className="num">{formatDuration(nowMs - seen)}</span> ago.
    </>
  );
}

/** Between two tries nothing is being restarted: it is said how long that lasts. */
function NextTry({ instance: { guest } }: { instance: Instance }) {
  const nowMs = useNow(1000);
  if (guest?.processState !== 'crashed' || guest.nextTryAtMs === undefined) return null;
  return (
    <>
      {' '}
      The next try is at <ClockTime at={guest.nextTryAtMs} />
      {nowMs > 0 && nowMs < guest.nextTryAtMs && (
        <>
          , in <span className="num">{formatDuration(guest.nextTryAtMs - nowMs)}</span>
        </>
      )}
      .
    </>
  );
}

/** Repeated crashes stay said while they are recent, though the database answers again. */
function CrashNotice({ instance }: { instance: Instance }) {
  const crashes = instance.guest?.recentCrashes ?? 0;
  if (crashes < 2) return null;
  return (
    <div role="status" className="flex flex-wrap items-center gap-3 rounded-panel border border-line bg-attention-soft px-4 py-2">
      <Mark tone="attention" className={beside} />
      <p className="min-w-0 grow basis-52">
        It crashed <span className="num">{crashes}</span> times in the last ten minutes and was restarted each time.
      </p>
      <LinkButton size="sm" href={hrefOf(instance.id, 'logs')}>
        Read the log
      </LinkButton>
    </div>
  );
}

/** Whatever else it says of itself: there are two sets of data, and only a person knows which is wanted. */
function UnsettledNotice({ instance }: { instance: Instance }) {
  return (
    <div role="status" className={`flex flex-wrap items-center gap-3 rounded-panel border border-line px-4 py-2 ${grounds.broken}`}>
      <Mark tone="broken" className={beside} />
      <p className="min-w-0 grow basis-60">
        <strong className="font-semibold">A restore in place is not settled.</strong> The data of before and the restored data are both
        kept. Choose which of them stays; until then nothing is removed.
      </p>
      <OperationButton name="settle-restore" instance={instance} size="sm" look="primary">
        Settle the restore
      </OperationButton>
    </div>
  );
}

/** The database is well, and could not be brought back: nothing else would say so. */
function ProofNotice({ instance: { id, lastProof } }: { instance: Instance }) {
  if (lastProof?.state !== 'failed') return null;
  return (
    <div role="status" className={`flex flex-wrap items-center gap-3 rounded-panel border border-line px-4 py-2 ${grounds.broken}`}>
      <Mark tone="broken" className={beside} />
      <p className="min-w-0 grow basis-52">
        <strong className="font-semibold">Proof of restore failed.</strong> The {lastProof.momentAt === null ? 'backup' : 'moment'} that was
        tried last could not be restored. Make a full backup and prove that.
      </p>
      <LinkButton size="sm" href={hrefOf(id, 'backups')}>
        Open backups
      </LinkButton>
    </div>
  );
}

/** An update of the packages changes what lies on the disk, not what runs. */
function ProgramsNotice({ instance }: { instance: Instance }) {
  const found = findMinorUpgrade(instance, useDatastoreVersions().data?.items ?? []);
  if (found === null || instance.guest?.processState !== 'running') return null;
  return (
    <div role="status" className={`flex flex-wrap items-center gap-3 rounded-panel border border-line px-4 py-2 ${grounds.attention}`}>
      <Mark tone="attention" className={beside} />
      <p className="min-w-0 grow basis-52">
        {getDatastore(instance.datastore).title} <span className="num">{found.running}</span> runs;{' '}
        <span className="num">{found.installed}</span> is installed. A restart takes it up.
      </p>
      <OperationButton name="upgrade-version" instance={instance} input={{ version: instance.version }} size="sm" />
    </div>
  );
}

function RunningNotice({ operationId, instance }: { operationId: string; instance: Instance }) {
  const { data: operation } = useOperation(operationId);
  const { show } = useDesk();
  if (operation === undefined) return null;
  const at = operation.steps.findIndex((step) => step.state !== 'succeeded' && step.state !== 'skipped');
  const step = operation.steps[at];
  return (
    <div role="status" className={`flex flex-wrap items-center gap-3 rounded-panel border border-line px-4 py-2 ${grounds.working}`}>
      <Mark tone="working" className={beside} />
      <div className="min-w-0 grow basis-52">
        <p>
          <strong className="font-semibold">{operation.title}</strong>
          {step !== undefined && (
            <>
              : {step.title.charAt(0).toLowerCase() + step.title.slice(1)}, step {at + 1} of {operation.steps.length}
            </>
          )}
        </p>
        <SilentAgent instance={instance} className="mt-1 flex gap-2 text-attention" />
      </div>
      <Button size="sm" onClick={() => show(operation.id)}>
        Watch
      </Button>
    </div>
  );
}
