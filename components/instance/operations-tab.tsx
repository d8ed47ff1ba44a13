'use client';
import { useOperations } from '#client/queries/operations.ts';
import { OperationTable } from '#components/operations/operation-table.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { Instance } from '#contract/resources/instance.ts';

export function OperationsTab({ instance }: { instance: Instance }) {
  const total = useOperations({ instance: instance.id }).data?.total;
  return (
    <Panel title="Operations" note={total} flush>
      <OperationTable
        instance={instance.id}
        empty={{ title: 'No operation yet', sentence: 'What is asked of this instance is written down here, with its steps and outcome.' }}
      />
    </Panel>
  );
}
