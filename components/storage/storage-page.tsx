'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useActor } from '#client/queries/me.ts';
import { useProjects } from '#client/queries/projects.ts';
import { useStorageTargets } from '#client/queries/storage-targets.ts';
import { Awake } from '#components/ui/awake.tsx';
import { Button } from '#components/ui/button.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { HeadCell, Table } from '#components/ui/table.tsx';
import { WaitingPage } from '#components/ui/waiting-page.tsx';
import { may } from '#contract/rights.ts';
import { LocalRow } from './local-row.tsx';
import { NewTargetDialog } from './new-target-dialog.tsx';
import { TargetRow } from './target-row.tsx';

/** Where backups lie: the local directory, and the buckets and containers that projects have added. */
export function StoragePage() {
  return (
    <Awake fallback={<WaitingPage title="Storage" rows={4} label="Reading where backups lie" />}>
      <Asked />
    </Awake>
  );
}

function Asked() {
  const targets = useStorageTargets();
  const projects = useProjects().data?.items ?? [];
  const actor = useActor();
  const [adds, setAdds] = useState(false);
  const [added, setAdded] = useState<string | null>(null);
  const mayAdd = actor === null || actor.operator || actor.memberships.some((member) => may(actor, 'storage-target.manage', member));
  const refusal = mayAdd ? null : 'This needs the role project admin in a project.';
  const nameProject = (id: string) => (projects.length > 1 ? (projects.find((project) => project.id === id)?.title ?? null) : null);
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead
        title="Storage"
        facts="Where backups lie"
        actions={
          <Button look="primary" icon={Plus} refusal={refusal} onClick={() => setAdds(true)}>
            Add storage
          </Button>
        }
      />
      <Panel flush>
        <Loaded query={targets} what="The list of storages" skeleton={<SkeletonRows rows={4} label="Reading where backups lie" />}>
          {({ items, local }) => (
            <Table caption="Storages for backups">
              <thead>
                <tr>
                  <HeadCell>Name</HeadCell>
                  <HeadCell className="max-sm:hidden">Kind</HeadCell>
                  <HeadCell className="max-md:hidden">Place</HeadCell>
                  <HeadCell numeric>Used</HeadCell>
                  <HeadCell numeric>
                    <span className="sr-only">Actions</span>
                  </HeadCell>
                </tr>
              </thead>
              <tbody>
                <LocalRow local={local} isDefault={!items.some((target) => target.isDefault)} projectId={projects[0]?.id ?? null} />
                {items.map((target) => (
                  <TargetRow key={target.id} target={target} project={nameProject(target.projectId)} testsAtOnce={target.id === added} />
                ))}
              </tbody>
            </Table>
          )}
        </Loaded>
      </Panel>
      {adds && (
        <NewTargetDialog
          onDone={(created) => {
            setAdds(false);
            setAdded(created);
          }}
        />
      )}
    </div>
  );
}
