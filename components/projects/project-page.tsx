'use client';

import { Download, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { endpointUrl } from '#client/api.ts';
import { useDenial } from '#client/queries/me.ts';
import { useMembers } from '#client/queries/members.ts';
import { useProjects } from '#client/queries/projects.ts';
import { Awake } from '#components/ui/awake.tsx';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Skeleton, SkeletonRows } from '#components/ui/skeleton.tsx';
import type { Project } from '#contract/resources/project.ts';
import { InvitationList } from './invitation-list.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { MemberTable } from './member-table.tsx';
import { ProjectSettings } from './project-settings.tsx';
import { QuotaPanel } from './quota-panel.tsx';

/** One project: who belongs to it, who is invited, what it may hold, what it is called. */
export function ProjectPage({ projectId }: { projectId: string }) {
  return (
    <Awake fallback={<Waiting />}>
      <Found projectId={projectId} />
    </Awake>
  );
}

function Found({ projectId }: { projectId: string }) {
  const query = useProjects();
  return (
    <Loaded query={query} skeleton={<Waiting />} what="This project" page="Project">
      {({ items }) => {
        const project = items.find((candidate) => candidate.id === projectId);
        if (project !== undefined) return <Members project={project} />;
        return <Missing />;
      }}
    </Loaded>
  );
}

function Missing() {
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title="Project" />
      <Panel flush>
        <EmptyState
          title="This project is not here"
          sentence="It does not exist, was deleted, or you are not a member of it."
          action={<LinkButton href="/projects">Back to projects</LinkButton>}
        />
      </Panel>
    </div>
  );
}

function Members({ project }: { project: Project }) {
  const members = useMembers(project.id);
  const denial = useDenial('member.manage', project.id);
  const [inviting, setInviting] = useState(false);
  return (
    <div className="max-w-240 space-y-4">
      <PageHead
        title={project.title}
        facts={<span className="num">{project.name}</span>}
        actions={
          <>
            <a
              href={endpointUrl('getProjectCa', { projectId: project.id })}
              download={`${project.name}-ca.pem`}
              className="inline-flex h-8 items-center gap-2 rounded-control border border-line bg-panel px-3 hover:bg-hover"
            >
              <Download size={16} aria-hidden className="lucide" /> Certificate authority
            </a>
            <Button look="primary" icon={UserPlus} refusal={denial} onClick={() => setInviting(true)}>
              Invite
            </Button>
          </>
        }
      />
      <Panel title="Members" flush>
        <Loaded query={members} skeleton={<SkeletonRows rows={3} label="Members are being loaded" />} what="The list of members">
          {({ items }) => <MemberTable projectId={project.id} members={items} denial={denial} />}
        </Loaded>
      </Panel>
      {denial === null && <InvitationList projectId={project.id} />}
      <QuotaPanel projectId={project.id} />
      <ProjectSettings project={project} />
      {inviting && <InviteDialog projectId={project.id} onDone={() => setInviting(false)} />}
    </div>
  );
}

function Waiting() {
  return (
    <div className="max-w-240 space-y-4">
      <Skeleton className="h-8 w-60" />
      <Panel flush>
        <SkeletonRows rows={3} label="The project is being loaded" />
      </Panel>
    </div>
  );
}
