import { type Backup, buildsOn, isWhole } from './resources/backup.ts';
import type { BackupSchedule } from './resources/backup-schedule.ts';
import type { Instance } from './resources/instance.ts';
import { allowsPlace, type StorageChoice } from './resources/storage-choice.ts';

export type Kept = Pick<Backup, 'id' | 'name' | 'state' | 'version' | 'parentId' | 'scheduleId' | 'storageTargetId' | 'createdAt'>;
type Rules = Pick<BackupSchedule, 'keepCount' | 'keepDays'> & { id: string | null };
export type Verdict = { backupId: string; name: string; reason: string };

const dayMs = 86_400_000;

/**
 * What retention deletes now, those that build on others first, and what is due but stays. Only sound backups of this schedule count and go:
 * never its newest one, never one that others build on unless these go as well, never one a person made by hand. What could not be deleted before
 * goes, too, unless it is among those `tried` a moment ago.
 */
export function planRetention(
  schedule: Rules,
  backups: readonly Kept[],
  nowMs: number,
  tried: ReadonlySet<string> = new Set(),
): { goes: Verdict[]; held: Verdict[] } {
  const due = listDue(schedule, backups, nowMs);
  for (const { id, name } of listUndeleted(schedule, backups))
    if (!tried.has(id)) due.set(id, { backupId: id, name, reason: 'It could not be deleted before.' });
  const goes = new Map(due);
  const held: Verdict[] = [];
  // Whoever stays keeps what it builds on, which keeps what that builds on.
  for (let settled = false; !settled; ) {
    settled = true;
    for (const [id, verdict] of goes) {
      const child = backups.find((backup) => buildsOn(backup, id) && !goes.has(backup.id));
      if (child === undefined) continue;
      goes.delete(id);
      held.push({ ...verdict, reason: `${child.name} builds on it and stays.` });
      settled = false;
    }
  }
  return { goes: orderChildrenFirst(goes, backups), held };
}

/** What the next backup of a schedule builds on; null makes it a full one. */
export function planParent(
  schedule: { id: string | null; fullEvery: number; storage: StorageChoice },
  backups: readonly Kept[],
  { version, dataSince }: Pick<Instance, 'version' | 'dataSince'>,
): { id: string; name: string } | null {
  if (schedule.fullEvery <= 1) return null;
  const [newest] = listCompleted(schedule.id, backups);
  // What was backed up before a restore in place is nothing to add to.
  if (newest === undefined || newest.createdAt < (dataSince ?? '') || newest.version !== version || !allowsPlace(schedule.storage, newest))
    return null;
  if (!isWhole(newest, backups)) return null;
  return listChain(newest, backups).length < schedule.fullEvery ? newest : null;
}

function listDue({ id, keepCount, keepDays }: Rules, backups: readonly Kept[], nowMs: number): Map<string, Verdict> {
  const due = new Map<string, Verdict>();
  // What builds on a damaged one is no reason to delete a sound one.
  const sound = listCompleted(id, backups).filter((backup) => isWhole(backup, backups));
  for (const [place, backup] of sound.entries()) {
    if (place === 0) continue;
    const isBeyond = keepCount !== null && place >= keepCount;
    const isOld = keepDays !== null && nowMs - Date.parse(backup.createdAt) > keepDays * dayMs;
    const reason = isBeyond
      ? `${keepCount} newer ${keepCount === 1 ? 'one is' : 'ones are'} kept.`
      : `It is older than ${toDays(keepDays)}.`;
    if (isBeyond || isOld) due.set(backup.id, { backupId: backup.id, name: backup.name, reason });
  }
  return due;
}

/** Without a rule a schedule deletes nothing. */
function listUndeleted({ id, keepCount, keepDays }: Rules, backups: readonly Kept[]): Kept[] {
  if (id === null || (keepCount === null && keepDays === null)) return [];
  return backups.filter(({ scheduleId, state }) => scheduleId === id && state === 'DELETE_FAILED');
}

function listCompleted(scheduleId: string | null, backups: readonly Kept[]): Kept[] {
  if (scheduleId === null) return [];
  return backups
    .filter((backup) => backup.scheduleId === scheduleId && backup.state === 'COMPLETED')
    .sort((one, other) => (one.createdAt < other.createdAt ? 1 : one.createdAt > other.createdAt ? -1 : 0));
}

function listChain(backup: Kept, backups: readonly Kept[]): Kept[] {
  const chain = [backup];
  for (let next = backup.parentId; next !== null && !chain.some(({ id }) => id === next); ) {
    const parent = backups.find(({ id }) => id === next);
    if (parent === undefined) break;
    chain.push(parent);
    next = parent.parentId;
  }
  return chain;
}

function orderChildrenFirst(goes: ReadonlyMap<string, Verdict>, backups: readonly Kept[]): Verdict[] {
  const depth = (id: string) => {
    const backup = backups.find((candidate) => candidate.id === id);
    return backup === undefined ? 0 : listChain(backup, backups).length;
  };
  const oldestFirst = [...goes.values()].reverse();
  return oldestFirst.sort((one, other) => depth(other.backupId) - depth(one.backupId));
}

function toDays(days: number | null): string {
  return days === 1 ? 'one day' : `${days} days`;
}
