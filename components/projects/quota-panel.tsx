import { useState } from 'react';
import { useDenial } from '#client/queries/me.ts';
import { useQuotas } from '#client/queries/quotas.ts';
import { Button } from '#components/ui/button.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Meter } from '#components/ui/meter.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import { type Quota, quotaResources } from '#contract/quotas.ts';
import { QuotaDialog } from './quota-dialog.tsx';
import { formatAmount } from './quota-text.ts';

/** How much the project holds of what it may. */
export function QuotaPanel({ projectId }: { projectId: string }) {
  const query = useQuotas(projectId);
  const denial = useDenial('quota.manage', projectId);
  const [changing, setChanging] = useState(false);
  return (
    <Panel
      title="Quotas"
      flush
      actions={
        query.data && (
          <Button size="sm" refusal={denial} onClick={() => setChanging(true)}>
            Change…
          </Button>
        )
      }
    >
      <Loaded query={query} skeleton={<SkeletonRows rows={4} label="Quotas are being loaded" />} what="What the project may hold">
        {({ items }) => (
          <Table caption="Quotas">
            <thead>
              <tr>
                <HeadCell>Resource</HeadCell>
                <HeadCell numeric>Used</HeadCell>
                <HeadCell numeric className="max-md:pr-4">
                  Limit
                </HeadCell>
                <HeadCell className="w-1/3 max-md:hidden">
                  <span className="sr-only">Share used</span>
                </HeadCell>
              </tr>
            </thead>
            <tbody>
              {items.map((quota) => (
                <Line key={quota.resource} quota={quota} />
              ))}
            </tbody>
          </Table>
        )}
      </Loaded>
      {changing && query.data && <QuotaDialog projectId={projectId} quotas={query.data.items} onDone={() => setChanging(false)} />}
    </Panel>
  );
}

function Line({ quota: { resource, used, limit } }: { quota: Quota }) {
  const { title } = quotaResources[resource];
  const ratio = limit === null ? 0 : limit === 0 ? 1 : used / limit;
  return (
    <TableRow>
      <Cell>{title}</Cell>
      <Cell numeric>{formatAmount(resource, used)}</Cell>
      <Cell numeric className="max-md:pr-4">
        {limit === null ? <span className="font-sans text-faint">no limit</span> : formatAmount(resource, limit)}
      </Cell>
      <Cell className="max-md:hidden">
        {limit !== null && <Meter ratio={ratio} label={`${title}: used of the limit`} tone={ratio >= 1 ? 'attention' : 'accent'} />}
      </Cell>
    </TableRow>
  );
}
