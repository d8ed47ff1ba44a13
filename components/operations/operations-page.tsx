'use client';

import { useSearchParams } from 'next/navigation';
import { useActiveOperations, useOperations } from '#client/queries/operations.ts';
import { Awake } from '#components/ui/awake.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import { OperationTable, WaitingOperations } from './operation-table.tsx';

const views = [
  {
    key: 'all',
    title: 'All',
    states: undefined,
    empty: {
      title: 'No operation yet',
      sentence: 'Creating, restarting, resizing, backing up: whatever is asked of an instance is recorded and can be watched here.',
    },
  },
  {
    key: 'running',
    title: 'Running',
    states: 'active',
    empty: { title: 'Nothing runs', sentence: 'What has been asked for has ended. The next one appears here by itself.' },
  },
  {
    key: 'failed',
    title: 'Failed',
    states: 'failed',
    empty: { title: 'Nothing failed', sentence: 'An operation that fails stays here with its step, its cause and what to do next.' },
  },
] as const;

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
  const wanted = useSearchParams().get('view');
  const view = views.find(({ key }) => key === wanted) ?? views[0];
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
