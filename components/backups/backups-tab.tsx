'use client';
import { Archive } from 'lucide-react';
import { useBackups } from '#client/queries/backups.ts';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { MoreRows, useFewRows } from '#components/ui/few-rows.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import { BackupLimit } from './backup-limit.tsx';
import { BackupTable } from './backup-table.tsx';
import { BackupTally } from './backup-tally.tsx';
import { ScheduleSection } from './schedule-section.tsx';
import { RestoreTimeline } from './timeline/restore-timeline.tsx';

export function BackupsTab({ instance }: { instance: Instance }) {
  const backups = useBackups({ instance: instance.id });
  const create = (
    <OperationButton name="create-backup" instance={instance} size="sm" look="primary">
      Create backup
    </OperationButton>
  );
  const items = backups.data?.items ?? [];
  const { shown, rest, showMore } = useFewRows(items);
  return (
    <div className="grid grid-cols-1 gap-4">
      <RestoreTimeline instance={instance} backups={items} />
      <ScheduleSection instance={instance} backups={items} />
      <Panel
        title="Backups"
        note={
          backups.data && items.length > 0 ? (
            <>
              <BackupTally list={backups.data} /> in storage
            </>
          ) : undefined
        }
        flush
        actions={
          <>
            <BackupLimit instance={instance} />
            {items.length > 0 && create}
          </>
        }
      >
        <Loaded query={backups} skeleton={<SkeletonRows rows={4} label="Reading backups" />} what="The list of backups">
          {({ items: found }) =>
            found.length === 0 ? (
              <EmptyState
                icon={Archive}
                title="No backups yet"
                sentence={`Nothing of ${instance.name} can be restored. A backup is made while the database goes on.`}
                action={create}
              />
            ) : (
              <>
                <BackupTable backups={shown} all={found} ofOne />
                <MoreRows rest={rest} onMore={showMore} />
              </>
            )
          }
        </Loaded>
      </Panel>
    </div>
  );
}
