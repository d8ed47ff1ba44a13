import { useMutation, useQuery } from '@tanstack/react-query';
import type { Backup } from '#contract/resources/backup.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { type BackupsFilter, keys } from '../keys.ts';
import { fetchWhole, type WholeList } from './read-pages.ts';

export type BackupList = WholeList<Backup>;

/** Backups newest first, of one instance or of every project: the newest thousand show at once, the others follow. */
export function useBackups(filter: BackupsFilter = {}, options: { enabled?: boolean } = {}) {
  const browser = useBrowser();
  const key = keys.backups(filter);
  return useQuery({
    queryKey: key,
    enabled: options.enabled ?? true,
    queryFn: ({ signal }) =>
      fetchWhole<Backup>(browser, key, (cursor) =>
        request('listBackups', { query: { limit: 1000, ...filter, ...(cursor && { cursor }) }, signal }),
      ),
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
