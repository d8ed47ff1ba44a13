import { useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useMemberChanges } from '#client/queries/members.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, Select } from '#components/ui/field.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { ShownOnce } from '#components/ui/shown-once.tsx';
import { ProjectRole, projectRoles } from '#contract/may.ts';

/** Makes an invitation and shows its link, once. */
export function InviteDialog({ projectId, onDone }: { projectId: string; onDone(): void }) {
  const { invite } = useMemberChanges(projectId);
  const [role, setRole] = useState<ProjectRole>('member');
  const [note, setNote] = useState('');
  const made = invite.data;
  if (made !== undefined) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onDone()}
        title="Invitation link"
        footer={
          <Button look="primary" onClick={onDone}>
            Done
          </Button>
        }
      >
        <ShownOnce value={made.link ?? ''} label="Link">
          Whoever opens it joins as {projectRoles[made.role].title.toLowerCase()}. It works once and expires{' '}
          <RelativeTime at={made.expiresAt} ahead />.
        </ShownOnce>
      </Dialog>
    );
  }
  return (
    <FormDialog
      title="Invite to the project"
      verb="Create link"
      busy={invite.isPending}
      className="space-y-4"
      run={() => invite.mutate({ role, note })}
      onDone={onDone}
    >
      <Field label="Role" hint={projectRoles[role].sentence}>
        {(control) => (
          <Select {...control} value={role} onChange={(event) => setRole(ProjectRole.parse(event.target.value))}>
            {ProjectRole.options.map((option) => (
              <option key={option} value={option}>
                {projectRoles[option].title}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field
        label="Note"
        hint="For you and the other admins: whom it is for."
        error={invite.error === null ? undefined : toApiProblem(invite.error).message}
      >
        {(control) => <Input {...control} maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
    </FormDialog>
  );
}
