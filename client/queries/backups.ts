import { useMutation, useQuery } from '@tanstack/react-query';
import type { Backup } from '#contract/resources/backup.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { type BackupsFilter, keys } from '../keys.ts';

export type BackupList = { items: Backup[]; total: number };

/** Backups newest first, of one instance or of every project. */
export function useBackups(filter: BackupsFilter = {}, options: { enabled?: boolean } = {}) {
  const { queries, journal } = useBrowser();
  const key = keys.backups(filter);
  return useQuery({
    queryKey: key,
    enabled: options.enabled ?? true,
    queryFn: async ({ signal }): Promise<BackupList> => {
      const since = performance.now();
      const query = { limit: 1000, ...(filter.instance === undefined ? {} : { instance: filter.instance }) };
      const page = await request('listBackups', { query, signal });
      return { items: journal.reconcile(queries.getQueryData<BackupList>(key)?.items, page.items, since), total: page.total };
    },
  });
}

/** Reports of a backup; asked for again when the backup says that there is something new. */
export function useBackupProofs(backupId: string, revision: number) {
  return useQuery({
    queryKey: keys.backupProofs(backupId, revision),
    queryFn: ({ signal }) => request('listBackupProofs', { path: { backupId }, signal }),
    placeholderData: (earlier) => earlier,
  });
}

export function useSetBackupLimit(instanceId: string) {
  const { queries } = useBrowser();
  return useMutation({
    mutationFn: (bytesPerSecond: number | null) => request('setBackupLimit', { path: { instanceId }, body: { bytesPerSecond } }),
    onSuccess: (instance) => queries.setQueryData(keys.instance(instanceId), instance),
  });
}
