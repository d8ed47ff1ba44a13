'use client';
import { useEffect, useRef } from 'react';
import { useHealth } from '#client/health.ts';
import { toApiProblem } from '#client/problem.ts';
import { useInstance } from '#client/queries/instances.ts';
import { useActor } from '#client/queries/me.ts';
import { Awake } from '#components/ui/awake.tsx';
import { LinkButton } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import { may } from '#contract/rights.ts';
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
  const last = useRef<Instance | null>(null);
  useEffect(() => {
    if (query.data === undefined) return;
    last.current = query.data;
    document.title = `${query.data.name} · Guestboard`;
  }, [query.data]);

  if (query.error !== null && toApiProblem(query.error).code === 'not-found') return <Gone last={last.current} />;
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

/** Deleted, or closed to the person, while they looked at it; or never there. */
function Gone({ last }: { last: Instance | null }) {
  const actor = useActor();
  // Who may still read its project would still see it: it was deleted. Until that is known, nothing more than a fresh load says.
  const deleted = last !== null && actor !== null && may(actor, 'instance.read', { projectId: last.projectId });
  const closed = last !== null && actor !== null && !deleted;
  return (
    <>
      <h1 className="sr-only">Instance</h1>
      <EmptyState
        title={deleted ? `${last.name} was deleted` : closed ? `${last.name} is no longer open to you` : 'This instance is not here'}
        sentence={
          deleted
            ? 'Its backups, if it had any, can be restored to a new instance.'
            : closed
              ? 'You are not a member of its project any more. An admin of that project can invite you again.'
              : 'It does not exist, was deleted, or belongs to a project you are not a member of.'
        }
        action={
          <span className="flex gap-2">
            <LinkButton href="/instances">Back to instances</LinkButton>
            {deleted && <LinkButton href="/backups">Open backups</LinkButton>}
          </span>
        }
      />
    </>
  );
}
