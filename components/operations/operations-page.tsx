'use client';

import { ListChecks } from 'lucide-react';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { useNow } from '#client/browser.ts';
import { formatDuration } from '#client/format.ts';
import { describeEstimate, elapsedMs, hasEnded, operationStates } from '#client/progress.ts';
import { useOperations } from '#client/queries/operations.ts';
import { Awake } from '#components/ui/awake.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import { Tabs } from '#components/ui/tabs.tsx';
import type { Operation } from '#contract/resources/operation.ts';

const views = [
  { key: 'all', title: 'All', keeps: () => true },
  { key: 'running', title: 'Running', keeps: (operation: Operation) => !hasEnded(operation) },
  { key: 'failed', title: 'Failed', keeps: (operation: Operation) => operation.state === 'failed' },
] as const;

/** Everything that was asked for, of every instance, newest first. */
export function OperationsPage() {
  return (
    <div className="space-y-4">
      <PageHead title="Operations" />
      <Awake fallback={<Waiting />}>
        <Operations />
      </Awake>
    </div>
  );
}

function Operations() {
  const query = useOperations({ limit: 500 });
  const wanted = useSearchParams().get('view');
  const view = views.find(({ key }) => key === wanted) ?? views[0];
  return (
    <>
      <Tabs
        label="Which operations"
        open={view.key}
        tabs={views.map(({ key, title, keeps }) => ({
          key,
          title,
          href: key === 'all' ? '/operations' : `/operations?view=${key}`,
          count: query.data?.items.filter(keeps).length ?? 0,
        }))}
      />
      <Loaded query={query} skeleton={<Waiting />}>
        {(list) => <OperationTable operations={list.items.filter(view.keeps)} />}
      </Loaded>
    </>
  );
}

/** Operations as lines; also on an instance's own tab. */
export function OperationTable({ operations }: { operations: readonly Operation[] }) {
  if (operations.length === 0) {
    return (
      <Panel>
        <EmptyState
          icon={ListChecks}
          title="No operation here"
          sentence="Creating, restarting, resizing, backing up: whatever is asked of an instance is recorded and can be watched here."
        />
      </Panel>
    );
  }
  return (
    <Panel flush>
      <Table caption="Operations, newest first">
        <thead>
          <tr>
            <HeadCell>Operation</HeadCell>
            <HeadCell>State</HeadCell>
            <HeadCell>Step</HeadCell>
            <HeadCell>Asked by</HeadCell>
            <HeadCell numeric>Asked</HeadCell>
            <HeadCell numeric>Took</HeadCell>
          </tr>
        </thead>
        <tbody>
          {operations.map((operation) => (
            <OperationRow key={operation.id} operation={operation} />
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function OperationRow({ operation }: { operation: Operation }) {
  const router = useRouter();
  const ended = hasEnded(operation);
  const now = useNow(ended ? 60_000 : 200);
  const state = operationStates[operation.state];
  const index = operation.steps.findIndex((step) => ['sent', 'accepted', 'running', 'failed'].includes(step.state));
  const step = operation.steps[index];
  const href = `/operations/${operation.id}`;
  return (
    <TableRow onClick={() => router.push(href)}>
      <Cell className="max-w-80 whitespace-nowrap">
        <Link href={href} prefetch={false} className="font-medium hover:text-accent" onClick={(event) => event.stopPropagation()}>
          {operation.title} <span className="num font-normal text-muted">{operation.instanceName}</span>
        </Link>
      </Cell>
      <Cell className="whitespace-nowrap">
        <StatusMark {...state} />
      </Cell>
      <Cell className="max-w-60 truncate text-muted">
        {step === undefined ? '' : `${step.title} (${index + 1} of ${operation.steps.length})`}
        {operation.fault !== null && step === undefined && operation.fault.sentence}
      </Cell>
      <Cell className="whitespace-nowrap text-muted">{operation.askedBy}</Cell>
      <Cell numeric className="text-muted">
        <RelativeTime at={operation.createdAt} />
      </Cell>
      <Cell numeric title={ended ? undefined : describeEstimate(operation, now)}>
        {formatDuration(elapsedMs(operation, now))}
      </Cell>
    </TableRow>
  );
}

function Waiting() {
  return (
    <Panel flush>
      <SkeletonRows rows={8} label="Operations are being loaded" />
    </Panel>
  );
}
