import { UserMinus } from 'lucide-react';
import { useState } from 'react';
import { useMe } from '#client/queries/me.ts';
import { useMemberChanges } from '#client/queries/members.ts';
import { Button } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { Select } from '#components/ui/field.tsx';
import { notify, notifyProblem } from '#components/ui/notify.ts';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import { ProjectRole, projectRoles } from '#contract/may.ts';
import type { Member } from '#contract/resources/project.ts';

/** Who belongs, as what, since when; an admin changes and revokes in place. */
export function MemberTable({ projectId, members, denial }: { projectId: string; members: readonly Member[]; denial: string | null }) {
  const { data: me } = useMe();
  const { changeRole, remove } = useMemberChanges(projectId);
  const [leaving, setLeaving] = useState<Member | null>(null);
  return (
    <>
      <Table caption="Members">
        <thead>
          <tr>
            <HeadCell>Name</HeadCell>
            <HeadCell>Role</HeadCell>
            <HeadCell className="max-sm:hidden">Since</HeadCell>
            <HeadCell numeric>
              <span className="sr-only">Actions</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <TableRow key={member.id}>
              <Cell className="min-w-0 break-words max-sm:py-2">
                {member.name} <span className="num text-faint">{member.username}</span>{' '}
                {member.accountId === me?.accountId && <Chip>you</Chip>}
              </Cell>
              <Cell>
                {denial !== null ? (
                  projectRoles[member.role].title
                ) : (
                  <Select
                    aria-label={`Role of ${member.name}`}
                    className="w-36!"
                    value={member.role}
                    onChange={(event) =>
                      changeRole.mutate(
                        { memberId: member.id, role: ProjectRole.parse(event.target.value) },
                        {
                          onSuccess: (changed) => notify(`${changed.name} is ${projectRoles[changed.role].title.toLowerCase()} now.`),
                          onError: notifyProblem,
                        },
                      )
                    }
                  >
                    {ProjectRole.options.map((role) => (
                      <option key={role} value={role}>
                        {projectRoles[role].title}
                      </option>
                    ))}
                  </Select>
                )}
              </Cell>
              <Cell className="whitespace-nowrap text-muted max-sm:hidden">
                <RelativeTime at={member.createdAt} />
              </Cell>
              <Cell numeric>
                <Button
                  size="sm"
                  look="quiet"
                  icon={UserMinus}
                  label={`Revoke the membership of ${member.name}`}
                  refusal={denial}
                  onClick={() => setLeaving(member)}
                />
              </Cell>
            </TableRow>
          ))}
        </tbody>
      </Table>
      {leaving !== null && (
        <ConfirmDialog
          open
          onOpenChange={() => setLeaving(null)}
          title={`Revoke the membership of ${leaving.name}`}
          verb={`Revoke the membership of ${leaving.name}`}
          goes={[
            `The membership. Open pages of ${leaving.name} go quiet within a second.`,
            `API tokens of ${leaving.name} no longer reach this project.`,
          ]}
          stays={['Accounts inside databases: change their passwords if they were shared.']}
          run={async () => {
            await remove.mutateAsync(leaving.id);
            notify(`${leaving.name} is no longer a member.`);
          }}
        />
      )}
    </>
  );
}
