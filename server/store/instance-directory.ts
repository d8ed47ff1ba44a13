import { GuestboardError } from '#contract/errors.ts';
import { type Instance, toStatusFacts } from '#contract/resources/instance.ts';
import { deriveInstanceStatus, describeHealth, type InstanceStatus, type Tone } from '#contract/status.ts';
import type { Changes, ChangeTail } from './changes.ts';
import type { Instances } from './instances.ts';
import { isInScope, type Scope } from './scope.ts';

export type InstanceDirectory = ReturnType<typeof openInstanceDirectory>;
export type InstanceSort = 'problems' | 'name' | '-name' | 'createdAt' | '-createdAt';
export type PageWanted = {
  text?: string | undefined;
  status?: readonly InstanceStatus[] | undefined;
  datastore?: readonly string[] | undefined;
  sort: InstanceSort;
  cursor?: string | undefined;
  limit: number;
};

/** Worst first. */
const toneOrder: readonly Tone[] = ['broken', 'attention', 'unknown', 'working', 'stopped', 'healthy'];
type Entry = Pick<Instance, 'id' | 'projectId' | 'name' | 'datastore'> & {
  status: InstanceStatus;
  keys: Record<'problems' | 'name' | 'createdAt', string>;
};

/**
 * Which instances a page shows, in which order: kept in memory, since the order follows from derived statuses, which no index knows.
 * It is never older than this process's own commits, and follows the other replicas' announcements.
 */
export function openInstanceDirectory(changes: Changes, instances: Instances) {
  const entries = new Map<string, Entry>();
  const dirty = new Set<string>();
  const sorted = new Map<string, Entry[]>();
  let everythingIsDirty = true;
  let reading: Promise<void> | null = null;

  changes.onLocalCommit((change) => change.kind === 'instance' && dirty.add(change.resource));

  async function read(): Promise<void> {
    const ids = [...dirty];
    const isWhole = everythingIsDirty || ids.length > 500;
    dirty.clear();
    everythingIsDirty = false;
    try {
      const found = isWhole ? await instances.listForControlPlane() : await instances.listByIds({ everything: true }, ids);
      if (isWhole) entries.clear();
      for (const id of ids) entries.delete(id);
      for (const instance of found) entries.set(instance.id, toEntry(instance));
      sorted.clear();
    } catch (error) {
      everythingIsDirty = true;
      throw error;
    }
  }

  async function catchUp(): Promise<void> {
    while (reading || everythingIsDirty || dirty.size > 0) {
      reading ??= read().finally(() => {
        reading = null;
      });
      await reading;
    }
  }

  function sort(by: InstanceSort): Entry[] {
    const known = sorted.get(by);
    if (known) return known;
    const sign = by.startsWith('-') ? -1 : 1;
    const key = toKey(by);
    const list = [...entries.values()].sort((a, b) => sign * compare(a.keys[key], b.keys[key]));
    sorted.set(by, list);
    return list;
  }

  return {
    /** Follows the other replicas. */
    follow: (tail: ChangeTail) =>
      tail.subscribe({
        onChange: (change) => change.kind === 'instance' && dirty.add(change.resource),
        onResync: () => {
          everythingIsDirty = true;
        },
      }),
    /** At once, for what is too frequent to ask the database: null for one not known yet, which is then looked up. */
    findProject: (id: string): string | null => {
      const entry = entries.get(id);
      if (entry) return entry.projectId;
      if (!reading && (everythingIsDirty || dirty.size > 0)) void catchUp().catch(() => {});
      return null;
    },
    /** Ids of one page, the cursor of the next, and how many there are in all. */
    page: async (scope: Scope, wanted: PageWanted): Promise<{ ids: string[]; next: string | null; total: number }> => {
      await catchUp();
      const all = sort(wanted.sort);
      const filter = toFilter(scope, wanted);
      const matching = filter ? all.filter(filter) : all;
      const start = wanted.cursor === undefined ? 0 : findStart(matching, wanted.sort, wanted.cursor);
      const shown = matching.slice(start, start + wanted.limit);
      const last = shown.at(-1);
      const hasMore = start + shown.length < matching.length;
      return {
        ids: shown.map((entry) => entry.id),
        next: hasMore && last ? Buffer.from(`${wanted.sort}:${last.keys[toKey(wanted.sort)]}`).toString('base64url') : null,
        total: matching.length,
      };
    },
  };
}

function toEntry(instance: Instance): Entry {
  const facts = toStatusFacts(instance);
  const nowMs = Date.now();
  const { id, projectId, name, datastore, createdAt } = instance;
  const rank = toneOrder.indexOf(describeHealth(facts, nowMs).tone);
  const keys = { problems: `${rank} ${name} ${id}`, name: `${name} ${id}`, createdAt: `${createdAt} ${id}` };
  return { id, projectId, name, datastore, status: deriveInstanceStatus(facts, nowMs), keys };
}

/** Null when everything is wanted and may be seen. */
function toFilter(scope: Scope, { text, status, datastore }: PageWanted): ((entry: Entry) => boolean) | null {
  const needle = text?.trim().toLowerCase() ?? '';
  if (scope.everything && needle === '' && !status && !datastore) return null;
  return (entry) =>
    isInScope(scope, entry.projectId) &&
    (needle === '' || entry.name.includes(needle)) &&
    (!status || status.includes(entry.status)) &&
    (!datastore || datastore.includes(entry.datastore));
}

/** The first entry behind the cursor's key, wherever that entry itself has gone meanwhile. */
function findStart(list: readonly Entry[], by: InstanceSort, cursor: string): number {
  const [, sort, after = ''] = /^([^:]*):(.* [0-9a-f-]{36})$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (sort !== by)
    throw new GuestboardError('invalid-input', 'The cursor is not one this list gave out in this order.', { field: 'cursor' });
  const sign = by.startsWith('-') ? -1 : 1;
  const start = list.findIndex((entry) => sign * compare(entry.keys[toKey(by)], after) > 0);
  return start === -1 ? list.length : start;
}

function toKey(by: InstanceSort) {
  if (by === 'problems') return by;
  return by.endsWith('name') ? 'name' : 'createdAt';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
