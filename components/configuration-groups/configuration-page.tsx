'use client';
import { Plus, SlidersHorizontal } from 'lucide-react';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { withPresentUse } from '#client/group-use.ts';
import { useConfigurationGroups } from '#client/queries/configuration-groups.ts';
import { useInstances } from '#client/queries/instances.ts';
import { useActor } from '#client/queries/me.ts';
import { Awake } from '#components/ui/awake.tsx';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { WaitingPage } from '#components/ui/waiting-page.tsx';
import { may } from '#contract/may.ts';
import { CreateGroupDialog } from './create-group-dialog.tsx';
import { GroupEditor } from './group-editor.tsx';
import { GroupList } from './group-list.tsx';

/** Configuration groups at the left, the chosen one open at the right; the choice is in the URL. */
export function ConfigurationPage() {
  return (
    <Awake fallback={<WaitingPage title="Configuration" rows={6} label="Reading configuration groups" />}>
      <Asked />
    </Awake>
  );
}

function Asked() {
  const groups = useConfigurationGroups();
  const instances = useInstances().data;
  const router = useRouter();
  const chosenId = useSearchParams().get('group');
  const [creates, setCreates] = useState(false);
  const actor = useActor();
  const mayCreate =
    actor === null || actor.operator || actor.memberships.some((member) => may(actor, 'configuration-group.manage', member));
  const refusal = mayCreate ? null : 'This needs the role member in a project. Ask a project admin.';
  const create = (
    <Button look="primary" icon={Plus} refusal={refusal} onClick={() => setCreates(true)}>
      New group
    </Button>
  );
  const choose = (id: string | null) => router.replace(id === null ? '/configuration' : `/configuration?group=${id}`, { scroll: false });
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title="Configuration" facts="Parameter values under a name, for any number of instances" actions={create} />
      <Loaded
        query={groups}
        what="The list of configuration groups"
        framed
        skeleton={
          <Panel flush>
            <SkeletonRows rows={6} label="Reading configuration groups" />
          </Panel>
        }
      >
        {(fetched) => {
          const items = fetched.items.map((group) => withPresentUse(group, instances));
          const chosen = items.find((group) => group.id === chosenId) ?? null;
          if (items.length === 0) {
            return (
              <Panel>
                <EmptyState
                  icon={SlidersHorizontal}
                  title="No configuration groups yet"
                  sentence="Instances run with the values that come with their flavor. A group holds what shall differ."
                  action={create}
                />
              </Panel>
            );
          }
          return (
            <div className="grid items-start gap-4 lg:grid-cols-[minmax(280px,1fr)_minmax(0,2.4fr)]">
              <GroupList groups={items} chosenId={chosen?.id ?? null} />
              {chosen === null ? (
                <Panel className="max-lg:hidden">
                  <EmptyState title="No group is open" sentence="Choose one at the left to see and change its parameters." />
                </Panel>
              ) : (
                <GroupEditor key={chosen.id} group={chosen} onGone={() => choose(null)} />
              )}
            </div>
          );
        }}
      </Loaded>
      <CreateGroupDialog open={creates} onOpenChange={setCreates} onCreated={choose} />
    </div>
  );
}
