import { toneOrder } from '#client/health.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Seen } from './filter.ts';

export type SortKey = 'problems' | 'name' | 'state' | 'engine' | 'size' | 'backup' | 'seen' | 'created';
export type Sort = { key: SortKey; down: boolean };
export type Line = { instance: Instance; indented: boolean };

export function parseSort(text: string | null): Sort {
  const asked = readSort(text);
  return { key: asked === '' ? 'problems' : (asked.replace(/^-/, '') as SortKey), down: asked.startsWith('-') };
}

/** As the URL holds it, in whatever case it was written; empty where nothing is sorted by that. */
export function readSort(text: string | null): string {
  const asked = (text ?? '').toLowerCase();
  return (keys as readonly string[]).includes(asked.replace(/^-/, '')) ? asked : '';
}

const keys: readonly SortKey[] = ['problems', 'name', 'state', 'engine', 'size', 'backup', 'seen', 'created'];

/** Replicas stand under their source, wherever it stands; a set is as bad as its worst member when problems come first. */
export function toLines(rows: readonly Seen[], sort: Sort): Line[] {
  const compare = comparisons[sort.key];
  const ordered = [...rows].sort((a, b) => (sort.down ? compare(b, a) : compare(a, b)) || a.instance.name.localeCompare(b.instance.name));
  const present = new Map(rows.map(({ instance }) => [instance.id, instance]));
  const followers = new Map<string, Instance[]>();
  for (const { instance } of ordered) {
    if (instance.sourceId === null || !present.has(instance.sourceId)) continue;
    followers.set(instance.sourceId, [...(followers.get(instance.sourceId) ?? []), instance]);
  }
  const lines: Line[] = [];
  const placed = new Set<string>();
  for (const { instance } of ordered) {
    const head = instance.sourceId !== null && present.has(instance.sourceId) ? instance.sourceId : instance.id;
    if (placed.has(head)) continue;
    placed.add(head);
    const source = present.get(head);
    if (source !== undefined) lines.push({ instance: source, indented: false });
    for (const follower of followers.get(head) ?? []) lines.push({ instance: follower, indented: true });
  }
  return lines;
}

const comparisons: Record<SortKey, (a: Seen, b: Seen) => number> = {
  problems: (a, b) => toneOrder[a.health.tone] - toneOrder[b.health.tone],
  name: (a, b) => a.instance.name.localeCompare(b.instance.name, undefined, { numeric: true }),
  state: (a, b) => a.health.label.localeCompare(b.health.label),
  engine: (a, b) => a.instance.datastore.localeCompare(b.instance.datastore) || Number(a.instance.version) - Number(b.instance.version),
  size: (a, b) => a.instance.volumeBytes - b.instance.volumeBytes,
  backup: (a, b) => (a.instance.lastBackupAt ?? '').localeCompare(b.instance.lastBackupAt ?? ''),
  seen: (a, b) => (a.instance.agentSeenAt ?? '').localeCompare(b.instance.agentSeenAt ?? ''),
  created: (a, b) => a.instance.createdAt.localeCompare(b.instance.createdAt),
};
