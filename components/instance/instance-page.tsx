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
import type { Actor } from '#contract/actor.ts';
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

const ends = {
  deleted: { title: 'was deleted', sentence: 'Its backups, if it had any, can be restored to a new instance.' },
  unmade: { title: 'was not made', sentence: 'Making it was cancelled. Nothing of it is left.' },
  closed: {
    title: 'is no longer open to you',
    sentence: 'You are not a member of its project any more. An admin of that project can invite you again.',
  },
} as const;

/** Deleted, cancelled before it was made, or closed to the person, while they looked at it; or never there. */
function Gone({ last }: { last: Instance | null }) {
  const actor = useActor();
  const end = last === null || actor === null ? null : findEnd(actor, last);
  return (
    <>
      <h1 className="sr-only">Instance</h1>
      <EmptyState
        title={last === null || end === null ? 'This instance is not here' : `${last.name} ${ends[end].title}`}
        sentence={end === null ? 'It does not exist, was deleted, or belongs to a project you are not a member of.' : ends[end].sentence}
        action={
          <span className="flex gap-2">
            <LinkButton href="/instances">Back to instances</LinkButton>
            {end === 'deleted' && <LinkButton href="/backups">Open backups</LinkButton>}
          </span>
        }
      />
    </>
  );
}

/** Who may still read its project would still see it, were it there. */
function findEnd(actor: Actor, last: Instance): keyof typeof ends {
  if (!may(actor, 'instance.read', { projectId: last.projectId })) return 'closed';
  return last.runningStatus === 'BUILD' ? 'unmade' : 'deleted';
}
