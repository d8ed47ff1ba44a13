import { CalendarClock, Plus } from 'lucide-react';
import { useState } from 'react';
import { useBackupSchedules } from '#client/queries/backup-schedules.ts';
import { useDenial } from '#client/queries/me.ts';
import { Button } from '#components/ui/button.tsx';
import { later } from '#components/ui/later.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { hasCapability } from '#contract/datastores/definitions.ts';
import type { Backup } from '#contract/resources/backup.ts';
import type { BackupSchedule } from '#contract/resources/backup-schedule.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { ScheduleRow } from './schedule-row.tsx';

const ScheduleDialog = later(
  () => import('./schedule-dialog.tsx').then((room) => room.ScheduleDialog),
  null,
  (dialog) => dialog.onDone(),
);

/** When the instance is backed up by itself, how that went, and what is deleted next. */
export function ScheduleSection({ instance, backups }: { instance: Instance; backups: readonly Backup[] }) {
  const schedules = useBackupSchedules(instance.id);
  const denial = useDenial('backup-schedule.manage', instance.projectId);
  const [edited, setEdited] = useState<BackupSchedule | 'new' | null>(null);
  const fresh = backups.map(({ id, state }) => id + state).join();
  const create = (
    <Button size="sm" icon={Plus} refusal={denial} onClick={() => setEdited('new')}>
      Add schedule
    </Button>
  );
  return (
    <Panel title="Schedule" flush actions={create}>
      <Loaded query={schedules} skeleton={<SkeletonRows rows={1} label="Reading schedules" />} what="The list of schedules">
        {({ items }) =>
          items.length === 0 ? (
            <p className="flex items-baseline gap-2 px-4 py-3 text-muted">
              <CalendarClock size={16} aria-hidden className="shrink-0 translate-y-0.5 text-faint" />
              <span>
                <span className="text-fg">Not backed up by itself.</span> Backups of {instance.name} are made only when somebody asks for
                one.
              </span>
            </p>
          ) : (
            <ul className="divide-y divide-line">
              {items
                .toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1))
                .map((schedule) => (
                  <ScheduleRow
                    key={schedule.id}
                    schedule={schedule}
                    isArchivable={hasCapability(instance.datastore, 'archive')}
                    denial={denial}
                    fresh={fresh}
                    onEdit={() => setEdited(schedule)}
                  />
                ))}
            </ul>
          )
        }
      </Loaded>
      {edited !== null && <ScheduleDialog instance={instance} schedule={edited === 'new' ? null : edited} onDone={() => setEdited(null)} />}
    </Panel>
  );
}
