'use client';
import { useState } from 'react';
import { useNow } from '#client/browser.ts';
import { formatNumber } from '#client/format.ts';
import { elapsedMs, hasEnded, operationStates } from '#client/progress.ts';
import { describeEstimate } from '#client/progress-text.ts';
import { useOperations } from '#client/queries/operations.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { MoreRows } from '#components/ui/few-rows.tsx';
import { Go } from '#components/ui/go.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Duration } from '#components/ui/quantity.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import type { Operation } from '#contract/resources/operation.ts';

const ofPage = 100;
const mostPages = 10;

export type OperationTableProps = {
  /** Only of this instance, which is not named in every row then. */
  instance?: string;
  states?: 'active' | 'failed' | undefined;
  empty: { title: string; sentence: string };
};

/** What was asked for, newest first, a hundred at a time. */
export function OperationTable({ instance, states, empty }: OperationTableProps) {
  const [pages, setPages] = useState(1);
  const query = useOperations({ instance, states, limit: pages === 1 ? undefined : pages * ofPage });
  return (
    <Loaded query={query} skeleton={<WaitingOperations />} what="The list of operations">
      {({ items, total }) =>
        items.length === 0 ? (
          <EmptyState {...empty} />
        ) : (
          <>
            <Table caption="Operations, newest first">
              <thead>
                <tr>
                  <HeadCell>Operation</HeadCell>
                  <HeadCell>State</HeadCell>
                  <HeadCell className="max-sm:hidden">Asked by</HeadCell>
                  <HeadCell numeric>Took</HeadCell>
                  <HeadCell numeric className="max-sm:hidden">
                    Asked
                  </HeadCell>
                </tr>
              </thead>
              <tbody>
                {items.map((operation) => (
                  <OperationRow key={operation.id} operation={operation} ofOne={instance !== undefined} />
                ))}
              </tbody>
            </Table>
            {pages < mostPages ? (
              <MoreRows rest={total - items.length} onMore={() => setPages(pages + 1)} />
            ) : (
              total > items.length && (
                <p className="border-line border-t px-4 py-2 text-12 text-muted">
                  These are the newest {formatNumber(items.length)} of {formatNumber(total)}. The API lists the older ones, too.
                </p>
              )
            )}
          </>
        )
      }
    </Loaded>
  );
}

export function WaitingOperations() {
  return <SkeletonRows rows={8} label="Operations are being loaded" />;
}

function OperationRow({ operation, ofOne }: { operation: Operation; ofOne: boolean }) {
  const ended = hasEnded(operation);
  const nowMs = useNow(ended ? 60_000 : 1000);
  return (
    <TableRow>
      <Cell className="max-sm:w-full max-sm:max-w-0 max-sm:py-1.5">
        <Go href={`/operations/${operation.id}`} className="font-medium hover:text-accent hover:underline">
          {operation.title}
          <span className="num font-normal text-muted max-sm:block max-sm:[overflow-wrap:anywhere]">
            {' '}
            {[ofOne ? null : operation.instanceName, operation.about].filter(Boolean).join(' · ')}
          </span>
        </Go>
        <Progress operation={operation} />
      </Cell>
      <Cell className="whitespace-nowrap">
        <StatusMark {...operationStates[operation.state]} />
      </Cell>
      <Cell className="whitespace-nowrap text-muted max-sm:hidden">{operation.askedBy}</Cell>
      <Cell numeric title={ended ? undefined : describeEstimate(operation, nowMs)}>
        <Duration ms={elapsedMs(operation, nowMs)} />
      </Cell>
      <Cell numeric className="text-muted max-sm:hidden">
        <RelativeTime at={operation.createdAt} />
      </Cell>
    </TableRow>
  );
}

/** The step it is at, or why it failed. */
function Progress({ operation: { steps, fault } }: { operation: Operation }) {
  if (fault !== null) return <span className="block max-w-140 truncate text-12 text-broken">{fault.sentence}</span>;
  const at = steps.findIndex(({ state }) => state === 'sent' || state === 'accepted' || state === 'running');
  if (at === -1) return null;
  return (
    <span className="block max-w-140 truncate text-12 text-muted">
      {steps[at]?.title} ({at + 1} of {steps.length})
    </span>
  );
}
