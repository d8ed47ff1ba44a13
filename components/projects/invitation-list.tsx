import { X } from 'lucide-react';
import { useInvitations, useMemberChanges } from '#client/queries/members.ts';
import { Button } from '#components/ui/button.tsx';
import { notify, notifyProblem } from '#components/ui/notify.ts';
import { Panel } from '#components/ui/panel.tsx';
import { RelativeTime } from '#components/ui/relative-time.tsx';
import { projectRoles } from '#contract/rights.ts';

/** Links that were made and not yet used; nothing is drawn while there are none. */
export function InvitationList({ projectId }: { projectId: string }) {
  const { data } = useInvitations(projectId, { enabled: true });
  const { withdraw } = useMemberChanges(projectId);
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Panel title="Open invitations" flush>
      <ul className="divide-y divide-line">
        {data.items.map((invitation) => (
          <li key={invitation.id} className="flex min-h-11 items-center gap-3 px-4">
            <span>{projectRoles[invitation.role].title}</span>
            <span className="min-w-0 grow truncate text-muted">{invitation.note}</span>
            <span className="hidden whitespace-nowrap text-12 text-faint sm:inline">
              by {invitation.invitedBy}, expires <RelativeTime at={invitation.expiresAt} ahead />
            </span>
            <Button
              size="sm"
              look="quiet"
              icon={X}
              label="Withdraw this invitation"
              onClick={() =>
                withdraw.mutate(invitation.id, {
                  onSuccess: () => notify('The invitation is withdrawn; its link no longer works.'),
                  onError: notifyProblem,
                })
              }
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
