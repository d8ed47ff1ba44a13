import { type Backup, buildsOn } from '#contract/resources/backup.ts';

/** Each with those that add to it right below, oldest first; whose parent is not among them stands for itself. Order is kept otherwise. */
export function orderByChain(backups: readonly Backup[]): { backup: Backup; depth: number }[] {
  const known = new Set(backups.map(({ id }) => id));
  const children = new Map<string, Backup[]>();
  for (const backup of backups) {
    if (backup.parentId === null || !known.has(backup.parentId)) continue;
    const siblings = children.get(backup.parentId) ?? [];
    siblings.unshift(backup);
    children.set(backup.parentId, siblings);
  }
  const ordered: { backup: Backup; depth: number }[] = [];
  const add = (backup: Backup, depth: number) => {
    ordered.push({ backup, depth });
    for (const child of children.get(backup.id) ?? []) add(child, depth + 1);
  };
  for (const backup of backups) if (backup.parentId === null || !known.has(backup.parentId)) add(backup, 0);
  return ordered;
}

/** Those that others build on. */
export function listBuiltOnIds(backups: readonly Backup[]): ReadonlySet<string> {
  return new Set(backups.flatMap((backup) => (backup.parentId !== null && buildsOn(backup, backup.parentId) ? [backup.parentId] : [])));
}
