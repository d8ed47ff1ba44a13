'use client';

import { useOperation } from '#client/queries/operations.ts';
import { Awake } from '#components/ui/awake.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { OperationView } from './operation-view.tsx';

/** One operation on a page of its own: the drawer's own component, with room. */
export function OperationPage({ operationId }: { operationId: string }) {
  return (
    <Awake fallback={<Waiting />}>
      <Watched operationId={operationId} />
    </Awake>
  );
}

function Watched({ operationId }: { operationId: string }) {
  const query = useOperation(operationId);
  return (
    <Loaded query={query} what="This operation" page="Operation" skeleton={<Waiting />}>
      {(operation) => (
        <Panel className="max-w-200">
          <OperationView operation={operation} heading={(name) => <h1 className="text-16">{name}</h1>} />
        </Panel>
      )}
    </Loaded>
  );
}

function Waiting() {
  return <Skeleton className="h-64 max-w-200 rounded-panel" />;
}
