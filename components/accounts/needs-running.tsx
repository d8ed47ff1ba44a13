import type { ReactNode } from 'react';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import type { Instance } from '#contract/resources/instance.ts';

/** What lives inside the database can only be shown while it answers. */
export function NeedsRunning({ instance, what, children }: { instance: Instance; what: string; children: ReactNode }) {
  if (instance.guest === null) {
    return (
      <EmptyState
        title={`${what} are not there yet`}
        sentence="The instance is still being built. They appear here as soon as it answers."
      />
    );
  }
  if (instance.guest.processState !== 'stopped') return children;
  return (
    <EmptyState
      title={`${what} are inside the database`}
      sentence="It is stopped. Start it to see and change them."
      action={<OperationButton name="start-instance" instance={instance} look="primary" />}
    />
  );
}
