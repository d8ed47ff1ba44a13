import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { useBrowser, useNow } from '#client/browser.ts';
import { formatAge, formatBytes, formatDateTime, formatDuration, formatNumber, formatRatio, zoneName } from '#client/format.ts';
import { seenAtMs, useHealth } from '#client/health.ts';
import { stepRatio } from '#client/progress.ts';
import { useRow } from '#client/pulses.ts';
import { useActiveOperations } from '#client/queries/operations.ts';
import { formatFound } from '#components/backups/proof-things.ts';
import { Nothing } from '#components/ui/quantity.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Sparkline } from '#components/ui/sparkline.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import { getDatastore } from '#contract/datastores/definitions.ts';
import { isSilent } from '#contract/health.ts';
import type { Instance } from '#contract/resources/instance.ts';

/** Mark and word, with the running step's percentage where there is one. */
export function StateCell({ instance }: { instance: Instance }) {
  const health = useHealth(instance);
  const operations = useActiveOperations().data?.items;
  const running = instance.operationId === null ? undefined : operations?.find((operation) => operation.id === instance.operationId);
  const step = running?.steps.find((candidate) => candidate.state === 'running');
  const ratio = step === undefined ? null : stepRatio(step);
  return (
    <span title={health.sentence} className="flex min-w-0 items-center gap-1.5">
      <StatusMark tone={health.tone} label={health.label} />
      {ratio !== null && <span className="num text-working">{formatRatio(ratio)}</span>}
    </span>
  );
}

/** The engine's leading metric over the last minute, and its newest number. */
export function LoadCell({ instance }: { instance: Instance }) {
  const row = useRow(useBrowser().pulses, instance.id);
  const metric = getDatastore(instance.datastore).leadingMetric;
  const values = (row?.ring ?? []).map((sample) => sample.metrics[metric.key] ?? 0);
  const newest = values.at(-1);
  return (
    <span className="flex items-center gap-2">
      <Sparkline values={values} />
      <span className="num w-14 whitespace-nowrap text-right text-muted">
        {newest === undefined ? <Nothing /> : `${formatNumber(newest, newest < 10 ? 1 : 0)}${metric.unit === 'per-second' ? ' /s' : ''}`}
      </span>
    </span>
  );
}

export function SizeCell({ instance }: { instance: Instance }) {
  const used = useRow(useBrowser().pulses, instance.id)?.sample?.volumeUsedBytes ?? instance.guest?.volumeUsedBytes ?? null;
  const state = instance.guest?.volumeState ?? 'ok';
  const tone = state === 'ok' ? 'text-muted' : state === 'warning' ? 'text-attention' : 'text-broken';
  return (
    <span className={`num whitespace-nowrap ${tone}`}>
      {used === null ? '–' : formatBytes(used)}
      <span className="text-faint"> / </span>
      {formatBytes(instance.volumeBytes)}
    </span>
  );
}

export function LagCell({ instance }: { instance: Instance }) {
  const replication = instance.guest?.replication ?? null;
  if (replication === null) return <Nothing />;
  if (!replication.connected) return <span className="text-attention">cut</span>;
  return replication.lagMs === null ? (
    <Nothing />
  ) : (
    <span className={`num whitespace-nowrap ${replication.lagMs > 10_000 ? 'text-attention' : 'text-muted'}`}>
      {formatDuration(replication.lagMs)}
    </span>
  );
}

/** The age of the newest, behind a shield: green where the last proof held and none was found damaged. */
export function BackupCell({ instance }: { instance: Instance }) {
  const { lastBackupAt, lastProof } = instance;
  const wrong = describeWrong(instance);
  const proved = wrong === null && lastProof !== null ? describeProof(lastProof) : null;
  return (
    <span className="flex items-center gap-1.5">
      {wrong !== null && (
        <span title={wrong}>
          <ShieldAlert size={13} role="img" aria-label={wrong} className="text-broken" />
        </span>
      )}
      {proved !== null && (
        <span title={proved}>
          <ShieldCheck size={13} role="img" aria-label={proved} className="text-healthy" />
        </span>
      )}
      {lastBackupAt === null ? <Nothing /> : <RelativeTime at={lastBackupAt} bare className="num whitespace-nowrap" />}
    </span>
  );
}

function describeWrong({ damagedBackups, lastProof }: Instance): string | null {
  if (lastProof?.state === 'failed') return 'The last proof of a backup failed.';
  if (lastProof?.state === 'overtaken') return 'The backup that was proved last was found damaged or missing since.';
  if (damagedBackups === 0) return null;
  return damagedBackups === 1 ? 'One of its backups is damaged or missing.' : `${damagedBackups} of its backups are damaged or missing.`;
}

function describeProof(proof: NonNullable<Instance['lastProof']>): string {
  const { endedAt, momentAt, firstQueryMs } = proof;
  const parts = [
    `proved ${endedAt === null ? '' : formatDateTime(endedAt)}${momentAt === null ? '' : ` to ${formatDateTime(momentAt)}`}`,
    ...(firstQueryMs === null ? [] : [formatDuration(firstQueryMs)]),
    ...[formatFound(proof) ?? []].flat(),
  ];
  return parts.join(' · ');
}

/** How long ago the agent was heard; amber once it counts as silent. */
export function SeenCell({ instance }: { instance: Instance }) {
  const browser = useBrowser();
  const row = useRow(browser.pulses, instance.id);
  const now = useNow(500);
  const at = seenAtMs(browser, instance);
  if (at === null) return <Nothing />;
  const silent = isSilent({ agentSeenAtMs: at, heartbeatIntervalMs: instance.heartbeatIntervalMs }, now);
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={`${formatDateTime(at)} ${zoneName(at)}\n${new Date(at).toISOString()}`}
      data-sent-at={row?.sentAtMs}
      className={`num whitespace-nowrap ${silent ? 'text-attention' : 'text-muted'}`}
    >
      {formatAge(Math.max(0, now - at))}
    </time>
  );
}
