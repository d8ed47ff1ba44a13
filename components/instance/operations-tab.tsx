'use client';
import { useNow } from '#client/browser.ts';
import { elapsedMs, hasEnded, operationStates } from '#client/progress.ts';
import { useOperations } from '#client/queries/operations.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Go } from '#components/ui/go.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Duration } from '#components/ui/quantity.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import type { Operation } from '#contract/resources/operation.ts';

export function OperationsTab({ instance }: { instance: Instance }) {
  const operations = useOperations({ instance: instance.id });
  return (
    <Panel title="Operations" note={operations.data?.total} flush>
      <Loaded query={operations} skeleton={<SkeletonRows rows={6} label="Reading operations" />} what="The list of operations">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              title="No operations yet"
              sentence="What is asked of this instance is written down here, with its steps and outcome."
            />
          ) : (
            <Table caption="Operations, newest first">
              <thead>
                <tr>
                  <HeadCell>Operation</HeadCell>
                  <HeadCell>State</HeadCell>
                  <HeadCell className="max-sm:hidden">Asked by</HeadCell>
                  <HeadCell numeric>Took</HeadCell>
                  <HeadCell numeric>When</HeadCell>
                </tr>
              </thead>
              <tbody>
                {items.map((operation) => (
                  <OperationRow key={operation.id} operation={operation} />
                ))}
              </tbody>
            </Table>
          )
        }
      </Loaded>
    </Panel>
  );
}

function OperationRow({ operation }: { operation: Operation }) {
  const nowMs = useNow(hasEnded(operation) ? 60_000 : 1000);
  return (
    <TableRow>
      <Cell>
        <Go href={`/operations/${operation.id}`} className="font-medium hover:text-accent hover:underline">
          {operation.title}
        </Go>
        {operation.fault !== null && <span className="block max-w-140 truncate text-12 text-broken">{operation.fault.sentence}</span>}
      </Cell>
      <Cell>
        <StatusMark {...operationStates[operation.state]} />
      </Cell>
      <Cell className="text-muted max-sm:hidden">{operation.askedBy}</Cell>
      <Cell numeric>
        <Duration ms={elapsedMs(operation, nowMs)} />
      </Cell>
      <Cell numeric className="text-muted">
        <RelativeTime at={operation.createdAt} />
      </Cell>
    </TableRow>
  );
}
