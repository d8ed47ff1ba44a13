import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import type { EndpointBodyInput } from '#contract/api.ts';
import type { BackupSchedule } from '#contract/resources/backup-schedule.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

export function useBackupSchedules(instanceId: string) {
  const { queries, journal } = useBrowser();
  const queryKey = keys.backupSchedules(instanceId);
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<{ items: BackupSchedule[] }> => {
      const since = performance.now();
      const { items } = await request('listBackupSchedules', { path: { instanceId }, signal });
      return { items: journal.reconcile(queries.getQueryData<{ items: BackupSchedule[] }>(queryKey)?.items, items, since) };
    },
  });
}

/** What a schedule would do. `fresh` is whatever makes an older answer out of date, such as the backups there are. */
export function useSchedulePreview(instanceId: string, body: EndpointBodyInput<'previewBackupSchedule'>, fresh = '') {
  return useQuery({
    queryKey: keys.backupSchedulePreview(instanceId, { ...body, fresh }),
    queryFn: ({ signal }) => request('previewBackupSchedule', { path: { instanceId }, body, signal }),
    placeholderData: keepPreviousData,
    // It says when: what was true a minute ago is not.
    refetchInterval: 30_000,
    retry: false,
  });
}

export function useBackupScheduleChanges(instanceId: string) {
  const { queries } = useBrowser();
  const settle = { onSettled: () => queries.invalidateQueries({ queryKey: keys.backupSchedules(instanceId) }) };
  return {
    create: useMutation({
      mutationFn: (body: EndpointBodyInput<'createBackupSchedule'>) => request('createBackupSchedule', { path: { instanceId }, body }),
      ...settle,
    }),
    update: useMutation({
      mutationFn: ({ id, ...body }: { id: string } & EndpointBodyInput<'updateBackupSchedule'>) =>
        request('updateBackupSchedule', { path: { backupScheduleId: id }, body }),
      ...settle,
    }),
    run: useMutation({ mutationFn: (id: string) => request('runBackupSchedule', { path: { backupScheduleId: id } }), ...settle }),
    remove: useMutation({ mutationFn: (id: string) => request('deleteBackupSchedule', { path: { backupScheduleId: id } }), ...settle }),
  };
}
