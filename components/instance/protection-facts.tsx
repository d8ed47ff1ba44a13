import { useNow } from '#client/browser.ts';
import { formatAge } from '#client/format.ts';
import { useBackupSchedules } from '#client/queries/backup-schedules.ts';
import { useRestoreWindow } from '#client/queries/restore-window.ts';
import { ProofBadge } from '#components/backups/proof-badge.tsx';
import { Go } from '#components/ui/go.tsx';
import { Nothing } from '#components/ui/quantity.tsx';
import { ExactTime, RelativeTime } from '#components/ui/relative-time.tsx';
import { getDatastore, hasCapability } from '#contract/datastores/definitions.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';
import { Aside, Fact } from './fact.tsx';
import { hrefOf } from './instance-tabs.ts';

/** Slower than where the handle is dragged: here it is read in passing. */
const everyMs = 10_000;

/** From when to when it can be restored, when it is backed up next, and whether that was ever proved. */
export function ProtectionFacts({ instance }: { instance: Instance }) {
  const { id, datastore, lastBackupAt, lastProof } = instance;
  const isSaved = hasCapability(datastore, 'backup');
  return (
    <>
      {hasCapability(datastore, 'archive') && lastBackupAt !== null && <Restorable instanceId={id} />}
      <Fact label="Last backup">
        {lastBackupAt === null ? (
          <>
            none <Aside>{isSaved ? 'nothing can be restored' : `${getDatastore(datastore).title} is not backed up here yet`}</Aside>
          </>
        ) : (
          <RelativeTime at={lastBackupAt} className="num" />
        )}
      </Fact>
      {isSaved && <NextBackup instance={instance} />}
      {lastBackupAt !== null && (
        <Fact label="Proof">
          {lastProof === null ? (
            <>
              none <Aside>none of its backups was restored for proof</Aside>
            </>
          ) : (
            <Go href={hrefOf(id, 'backups')}>
              <ProofBadge proof={lastProof} />
            </Go>
          )}
        </Fact>
      )}
    </>
  );
}

function Restorable({ instanceId }: { instanceId: string }) {
  const window = useRestoreWindow(instanceId, everyMs).data;
  return <Fact label="Restorable">{window === undefined ? <Nothing /> : <Windows window={window} />}</Fact>;
}

function Windows({ window: { windows, wanted, error } }: { window: RestoreWindow }) {
  const nowMs = useNow(1000);
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined)
    return (
      <>
        as backed up <Aside>{wanted === 'off' ? 'archiving is turned off' : (error?.sentence ?? 'no other moment yet')}</Aside>
      </>
    );
  const gaps = windows.length - 1;
  return (
    <>
      <ExactTime at={first.fromMs} className="whitespace-nowrap" />
      <span className="block">
        to {nowMs > 0 && <span className="num whitespace-nowrap">{formatAge(Math.max(0, nowMs - last.toMs))} ago</span>}
        {gaps > 0 && `, with ${gaps === 1 ? 'a gap' : `${gaps} gaps`}`}
      </span>
      {error !== null && <Aside>{error.sentence}</Aside>}
    </>
  );
}

function NextBackup({ instance: { id, role } }: { instance: Instance }) {
  const schedules = useBackupSchedules(id).data?.items;
  const [next] = (schedules ?? []).flatMap(({ nextRunAt }) => nextRunAt ?? []).sort();
  if (next === undefined && role === 'replica') return null;
  return (
    <Fact label="Next backup">
      {schedules === undefined ? (
        <Nothing />
      ) : next === undefined ? (
        <>
          none <Aside>{schedules.length === 0 ? 'it has no schedule' : 'its schedule is paused'}</Aside>
        </>
      ) : (
        <RelativeTime at={next} ahead className="num" />
      )}
    </Fact>
  );
}
