'use client';

import { useActiveOperations, useOperations } from '#client/queries/operations.ts';
import { Awake } from '#components/ui/awake.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { useTidyUrl } from '#components/ui/url-choice.ts';
import { useUrlQuery } from '#components/ui/use-url-query.ts';
import { OperationTable, WaitingOperations } from './operation-table.tsx';
import { readView, views } from './operation-views.ts';

/** Everything that was asked for, of every instance, newest first. */
export function OperationsPage() {
  return (
    <div className="space-y-4">
      <PageHead title="Operations" />
      <Awake
        fallback={
          <Panel flush>
            <WaitingOperations />
          </Panel>
        }
      >
        <Operations />
      </Awake>
    </div>
  );
}

function Operations() {
  const [query, write] = useUrlQuery();
  const { view, tidy } = readView(query);
  useTidyUrl(query, tidy, write);
  const counts = {
    all: useOperations().data?.total,
    running: useActiveOperations().data?.total,
    failed: useOperations({ states: 'failed' }).data?.total,
  };
  return (
    <>
      <Tabs
        label="Which operations"
        open={view.key}
        tabs={views.map(({ key, title }) => ({
          key,
          title,
          href: key === 'all' ? '/operations' : `/operations?view=${key}`,
          count: counts[key],
        }))}
      />
      <Panel flush>
        <OperationTable key={view.key} states={view.states} empty={view.empty} />
      </Panel>
    </>
  );
}
