'use client';

import { FolderKey, Plus } from 'lucide-react';
import { useState } from 'react';
import { useDenial, useMe } from '#client/queries/me.ts';
import { useProjects } from '#client/queries/projects.ts';
import { Awake } from '#components/ui/awake.tsx';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Go } from '#components/ui/go.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import { WaitingPage } from '#components/ui/waiting-page.tsx';
import { projectRoles } from '#contract/rights.ts';
import { NewProjectDialog } from './new-project-dialog.tsx';

/** Who owns instances: the projects the person belongs to. */
export function ProjectsPage() {
  return (
    <Awake fallback={<WaitingPage title="Projects" rows={3} label="Projects are being loaded" />}>
      <Projects />
    </Awake>
  );
}

function Projects() {
  const query = useProjects();
  const { data: me } = useMe();
  const denial = useDenial('project.create', null);
  const [making, setMaking] = useState(false);
  const create = (
    <Button look="primary" icon={Plus} refusal={denial} onClick={() => setMaking(true)}>
      New project
    </Button>
  );
  const roleIn = (projectId: string) => {
    const role = me?.memberships.find((membership) => membership.projectId === projectId)?.role;
    return role === undefined ? (me?.operator ? 'Operator' : '') : projectRoles[role].title;
  };
  return (
    <div className="space-y-4">
      <PageHead title="Projects" actions={create} />
      <Panel flush>
        <Loaded query={query} skeleton={<SkeletonRows rows={3} label="Projects are being loaded" />} what="The list of projects">
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState
                icon={FolderKey}
                title="No project yet"
                sentence="A project owns instances, and its members share them. An operator creates it; an invitation link lets you into one."
                action={denial === null ? create : undefined}
              />
            ) : (
              <Table caption="Projects">
                <thead>
                  <tr>
                    <HeadCell>Project</HeadCell>
                    <HeadCell className="max-sm:hidden">Your role</HeadCell>
                    <HeadCell numeric>Instances</HeadCell>
                    <HeadCell numeric>Members</HeadCell>
                    <HeadCell numeric className="max-sm:hidden">
                      Created
                    </HeadCell>
                  </tr>
                </thead>
                <tbody>
                  {items.map((project) => (
                    <TableRow key={project.id}>
                      <Cell>
                        <Go href={`/projects/${project.id}`} className="font-medium hover:text-accent">
                          {project.title}
                        </Go>{' '}
                        <span className="num text-faint">{project.name}</span>
                      </Cell>
                      <Cell className="text-muted max-sm:hidden">{roleIn(project.id)}</Cell>
                      <Cell numeric>
                        <Go href={`/instances?q=project:${project.name}`} className="hover:text-accent hover:underline">
                          {project.instanceCount}
                        </Go>
                      </Cell>
                      <Cell numeric>{project.memberCount}</Cell>
                      <Cell numeric className="text-muted max-sm:hidden">
                        <RelativeTime at={project.createdAt} />
                      </Cell>
                    </TableRow>
                  ))}
                </tbody>
              </Table>
            )
          }
        </Loaded>
      </Panel>
      {making && <NewProjectDialog onDone={() => setMaking(false)} />}
    </div>
  );
}
