'use client';
import { useEffect, useRef } from 'react';
import { useHealth } from '#client/health.ts';
import { toApiProblem } from '#client/problem.ts';
import { useInstance } from '#client/queries/instances.ts';
import { Awake } from '#components/ui/awake.tsx';
import { LinkButton } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import { InstanceHead } from './instance-head.tsx';
import { InstanceNotice } from './instance-notice.tsx';
import { InstanceSkeleton } from './instance-skeleton.tsx';
import { listInstanceTabs } from './instance-tabs.ts';
import { TabContent } from './tab-content.tsx';

/** One instance: is it well, how to connect, what changed; everything else in tabs. */
export function InstancePage(props: { instanceId: string; tab: string }) {
  return (
    <Awake fallback={<InstanceSkeleton />}>
      <Asked {...props} />
    </Awake>
  );
}

function Asked({ instanceId, tab }: { instanceId: string; tab: string }) {
  const query = useInstance(instanceId);
  const lastName = useRef<string | null>(null);
  useEffect(() => {
    if (query.data === undefined) return;
    lastName.current = query.data.name;
    document.title = `${query.data.name} · Guestboard`;
  }, [query.data]);

  if (query.error !== null && toApiProblem(query.error).code === 'not-found') return <Gone name={lastName.current} />;
  return (
    <>
      {query.data === undefined && query.error === null && <h1 className="sr-only">Instance</h1>}
      <Loaded query={query} skeleton={<InstanceSkeleton />} what="This instance" page="Instance">
        {(instance) => <Opened instance={instance} tab={tab} />}
      </Loaded>
    </>
  );
}

function Opened({ instance, tab }: { instance: Instance; tab: string }) {
  const tabs = listInstanceTabs(instance);
  const open = tabs.find((candidate) => candidate.key === tab)?.key ?? 'overview';
  const silent = useHealth(instance).tone === 'unknown';
  return (
    <div className="grid grid-cols-1 gap-4">
      <InstanceHead instance={instance} />
      <Tabs label={`Parts of ${instance.name}`} tabs={tabs} open={open} />
      {!(open === 'overview' && instance.guest === null) && <InstanceNotice instance={instance} />}
      <div className={silent ? dimmed : undefined}>
        <TabContent instance={instance} tab={open} />
      </div>
    </div>
  );
}

/** What is from before looks so: grey and one step fainter, and still readable, which opacity would not leave it. */
const dimmed = 'text-fg grayscale [--text-muted:var(--text-faint)] [--text:var(--text-muted)]';

/** Deleted while one looked, or never there. */
function Gone({ name }: { name: string | null }) {
  return (
    <>
      <h1 className="sr-only">Instance</h1>
      <EmptyState
        title={name === null ? 'This instance is not here' : `${name} was deleted`}
        sentence={
          name === null
            ? 'It does not exist, was deleted, or belongs to a project you are not a member of.'
            : 'Its backups, if it had any, can be restored to a new instance.'
        }
        action={
          <span className="flex gap-2">
            <LinkButton href="/instances">Back to instances</LinkButton>
            {name !== null && <LinkButton href="/backups">Open backups</LinkButton>}
          </span>
        }
      />
    </>
  );
}
