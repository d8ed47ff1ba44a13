import type { ReactNode } from 'react';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { Instance } from '#contract/resources/instance.ts';

/** What lives inside the database can only be shown while it answers. */
export function NeedsRunning({ instance, what, children }: { instance: Instance; what: string; children: ReactNode }) {
  if (instance.guest === null) {
    return (
      <Panel>
        <EmptyState
          title={`${what} are not there yet`}
          sentence="The instance is still being built. They appear here as soon as it answers."
        />
      </Panel>
    );
  }
  if (instance.guest.processState !== 'stopped') return children;
  return (
    <Panel>
      <EmptyState
        title={`${what} cannot be read now`}
        sentence="They are inside the database, and it is stopped. Start it to see and change them."
        action={<OperationButton name="start-instance" instance={instance} look="primary" />}
      />
    </Panel>
  );
}
