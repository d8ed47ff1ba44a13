import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useDenial } from '#client/queries/me.ts';
import { useProjectChanges } from '#client/queries/project-changes.ts';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { notify, notifyProblem } from '#components/ui/notify.ts';
import { Panel } from '#components/ui/panel.tsx';
import type { Project } from '#contract/resources/project.ts';

/** The title, and the end of an empty project. */
export function ProjectSettings({ project }: { project: Project }) {
  const router = useRouter();
  const { rename, remove } = useProjectChanges();
  const [title, setTitle] = useState(project.title);
  const manage = useDenial('project.manage', project.id);
  const end =
    useDenial('project.delete', project.id) ??
    (project.instanceCount > 0
      ? `It still owns ${project.instanceCount} ${project.instanceCount === 1 ? 'instance' : 'instances'}. Delete them first.`
      : null);
  const [ending, setEnding] = useState(false);
  const same = title.trim() === project.title || title.trim() === '';
  return (
    <Panel title="Settings">
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Title" className="w-72">
          {(control) => <Input {...control} maxLength={100} value={title} onChange={(event) => setTitle(event.target.value)} />}
        </Field>
        <Button
          refusal={manage ?? (same ? 'The title is unchanged.' : null)}
          busy={rename.isPending}
          onClick={() =>
            rename.mutate(
              { projectId: project.id, title: title.trim() },
              { onSuccess: () => notify('The title is changed.'), onError: notifyProblem },
            )
          }
        >
          Save title
        </Button>
        <span className="grow" />
        <Button look="danger" refusal={end} onClick={() => setEnding(true)}>
          Delete project
        </Button>
      </div>
      {ending && (
        <ConfirmDialog
          open
          onOpenChange={() => setEnding(false)}
          title={`Delete ${project.title}`}
          verb={`Delete ${project.title}`}
          goes={['Its memberships, invitations and configuration groups.']}
          stays={['The accounts of its members.']}
          run={async () => {
            await remove.mutateAsync(project.id);
            notify(`Project ${project.title} is deleted.`);
            router.push('/projects');
          }}
        />
      )}
    </Panel>
  );
}
