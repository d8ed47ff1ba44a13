'use client';

import { Plus, SearchX } from 'lucide-react';
import { useState } from 'react';
import { formatNumber } from '#client/format.ts';
import { useInstances } from '#client/queries/instances.ts';
import { toActor, useMe } from '#client/queries/me.ts';
import { Awake } from '#components/ui/awake.tsx';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { later } from '#components/ui/later.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { explainDenial } from '#contract/rights.ts';
import { InstanceList } from './instance-list.tsx';
import { ListFilter } from './list-filter.tsx';
import { useLines } from './use-lines.ts';
import { useListUrl } from './use-list-url.ts';

const BulkBar = later(() => import('./bulk-bar.tsx').then((module) => module.BulkBar), <div className="h-10" />);
const NoInstance = later(() => import('./no-instance.tsx').then((module) => module.NoInstance));

/** Every instance at a glance, worst first. */
export function InstancesPage() {
  return (
    <Awake fallback={<Waiting />}>
      <Instances />
    </Awake>
  );
}

function Instances() {
  const query = useInstances();
  const { filter, sort, set } = useListUrl();
  const { lines, counts } = useLines(query.data, filter, sort);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { data: me } = useMe();
  const open =
    me === undefined ||
    me.operator ||
    me.memberships.some(({ projectId }) => explainDenial(toActor(me), 'instance.create', { projectId }) === null);
  const create = open ? (
    <LinkButton href="/instances/new" look="primary" icon={Plus}>
      New instance
    </LinkButton>
  ) : (
    <Button icon={Plus} refusal="Creating an instance needs the role member in a project. Ask a project admin.">
      New instance
    </Button>
  );
  return (
    <div className="space-y-4">
      <PageHead
        title="Instances"
        facts={query.data && <span className="num">{formatNumber(query.data.complete ? query.data.items.length : query.data.total)}</span>}
        actions={create}
      />
      <Loaded query={query} skeleton={<Rows filter={filter} />} what="The list of instances">
        {(list) =>
          list.items.length === 0 ? (
            <NoInstance create={create} />
          ) : (
            <div className="space-y-3">
              {selected.size > 0 ? (
                <BulkBar instances={list.items} selected={selected} onClear={() => setSelected(new Set())} />
              ) : (
                <ListFilter filter={filter} onFilter={(next) => set('q', next)} counts={counts} />
              )}
              {lines.length === 0 ? (
                <div className="rounded-panel border border-line bg-panel">
                  <EmptyState
                    icon={SearchX}
                    title="No instance matches"
                    sentence={`Nothing here fits “${filter}”.`}
                    action={<Button onClick={() => set('q', '')}>Clear the filter</Button>}
                  />
                </div>
              ) : (
                <InstanceList lines={lines} sort={sort} onSort={(next) => set('sort', next)} selected={selected} onSelected={setSelected} />
              )}
            </div>
          )
        }
      </Loaded>
    </div>
  );
}

function Waiting() {
  return (
    <div className="space-y-4">
      <PageHead title="Instances" />
      <Rows filter="" />
    </div>
  );
}

function Rows({ filter }: { filter: string }) {
  return (
    <div className="space-y-3">
      <div inert>
        <ListFilter filter={filter} onFilter={() => {}} counts={null} />
      </div>
      <div className="rounded-panel border border-line bg-panel">
        <SkeletonRows rows={12} label="Instances are being loaded" />
      </div>
    </div>
  );
}
