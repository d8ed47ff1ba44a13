'use client';
import { useBrowser } from '#client/browser.ts';
import { formatBytes, formatDuration, formatRatio } from '#client/format.ts';
import { useRow } from '#client/pulses.ts';
import { useInstances } from '#client/queries/instances.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Go } from '#components/ui/go.tsx';
import { Meter } from '#components/ui/meter.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Nothing } from '#components/ui/quantity.tsx';
import { ExactTime, RelativeTime } from '#components/ui/relative-time.tsx';
import { hasCapability } from '#contract/datastores/definitions.ts';
import { getFlavor, volumeThresholds } from '#contract/flavors.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { Aside, Fact } from './fact.tsx';
import { hrefOf } from './instance-tabs.ts';
import { ProtectionFacts } from './protection-facts.tsx';

/** What it is made of and how it stands, in the agent's own words. */
export function FactsPanel({ instance }: { instance: Instance }) {
  const { guest } = instance;
  return (
    <Panel title="Facts" flush>
      <dl className="grid grid-cols-[minmax(96px,auto)_minmax(0,1fr)] gap-x-4 gap-y-1.5 px-4 py-3">
        <Volume instance={instance} />
        <Fact label="Flavor">
          {getFlavor(instance.flavorId).title}
          {guest?.enforcement.memory === 'advisory' && <Aside>advisory: this host does not enforce it</Aside>}
        </Fact>
        {hasCapability(instance.datastore, 'replication') && <Kin instance={instance} />}
        {guest?.startedAtMs != null && (
          <Fact label="Up since">
            <ExactTime at={guest.startedAtMs} />
          </Fact>
        )}
        <ProtectionFacts instance={instance} />
        <Fact label="Networks">
          <span className="num break-all">{instance.allowedCidrs.join(', ')}</span>
        </Fact>
        <Fact label="Agent">
          {instance.agentVersion === null ? (
            <Nothing />
          ) : (
            <>
              <span className="num">{instance.agentVersion}</span>
              <Aside>
                protocol {instance.protocolVersion ?? '–'}, beats every {formatDuration(instance.heartbeatIntervalMs)}
                {instance.clockSkewMs !== null &&
                  Math.abs(instance.clockSkewMs) >= 500 &&
                  `, clock off by ${formatDuration(Math.abs(instance.clockSkewMs))}`}
              </Aside>
            </>
          )}
        </Fact>
        <Fact label="Created">
          <RelativeTime at={instance.createdAt} className="num" />
        </Fact>
        <Fact label="Id">
          <span className="-my-1 flex items-center gap-1">
            <span className="num truncate text-12">{instance.id}</span>
            <CopyButton text={instance.id} label="Copy the id" />
          </span>
        </Fact>
      </dl>
    </Panel>
  );
}

function Volume({ instance }: { instance: Instance }) {
  const sample = useRow(useBrowser().pulses, instance.id)?.sample;
  const used = sample?.volumeUsedBytes ?? instance.guest?.volumeUsedBytes;
  if (used === undefined) return <Fact label="Volume">{formatBytes(instance.volumeBytes)}</Fact>;
  const ratio = used / instance.volumeBytes;
  const tone = ratio >= volumeThresholds.readOnly ? 'broken' : ratio >= volumeThresholds.warning ? 'attention' : 'accent';
  return (
    <Fact label="Volume">
      <span className="num flex justify-between gap-2">
        <span>
          {formatBytes(used)} of {formatBytes(instance.volumeBytes)}
        </span>
        <span className="text-muted">{formatRatio(ratio)}</span>
      </span>
      <Meter ratio={ratio} tone={tone} label="Volume used" className="mt-1 mb-1" />
    </Fact>
  );
}

/** The instance's place among its set. */
function Kin({ instance }: { instance: Instance }) {
  const known = useInstances().data?.items ?? [];
  const source = known.find((candidate) => candidate.id === instance.sourceId);
  const replicas = known.filter((candidate) => candidate.sourceId === instance.id);
  const link = (member: Instance) => (
    <Go key={member.id} href={hrefOf(member.id)} className="num whitespace-nowrap text-accent hover:underline">
      {member.name}
    </Go>
  );
  if (source !== undefined) return <Fact label="Copies">{link(source)}</Fact>;
  return (
    <Fact label="Replicas">{replicas.length === 0 ? 'none' : <span className="flex flex-wrap gap-x-3">{replicas.map(link)}</span>}</Fact>
  );
}
