import { useState } from 'react';
import { useDenial } from '#client/queries/me.ts';
import { useSetArchiving } from '#client/queries/restore-window.ts';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';

/** Turns an archive off that is on; how it is turned on stands where it says that it is off. */
export function ArchiveSwitch({ instance, window }: { instance: Instance; window: RestoreWindow }) {
  const denial = useDenial('backup-schedule.manage', instance.projectId);
  const set = useSetArchiving(instance.id);
  const [asking, setAsking] = useState(false);
  if (window.wanted !== 'on' || window.archiving === 'unsupported' || instance.role === 'replica') return null;
  return (
    <>
      <Button size="sm" look="quiet" refusal={denial} onClick={() => setAsking(true)}>
        Turn archiving off
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Turn archiving off"
        verb="Turn archiving off"
        goes={['Moments from now on cannot be restored to, even after it is turned on again, until the next full backup.']}
        stays={['What is archived, as long as the backups it belongs to.', 'The database goes on as before.']}
        run={() => set.mutateAsync(false)}
      />
    </>
  );
}
