import { Database } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMe } from '#client/queries/me.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';

/** Why the list is empty: nothing was made yet, or the person belongs to no project, which is not for them to change. */
export function NoInstance({ create }: { create: ReactNode }) {
  const { data: me } = useMe();
  const homeless = me !== undefined && !me.operator && me.memberships.length === 0;
  return (
    <div className="rounded-panel border border-line bg-panel">
      {homeless ? (
        <EmptyState
          icon={Database}
          title="You belong to no project yet"
          sentence={`Instances belong to projects. An admin of a project, or an operator of this Guestboard, can invite you by a link; you are signed in as ${me.username}.`}
        />
      ) : (
        <EmptyState
          icon={Database}
          title="No instance yet"
          sentence="An instance is one database server with an agent beside it. A name is all that must be typed."
          action={create}
        />
      )}
    </div>
  );
}
