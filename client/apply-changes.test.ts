import { QueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LiveChange } from '#contract/live.ts';
import { applyChanges } from './apply-changes.ts';
import { keys } from './keys.ts';
import { createJournal, type Journal } from './newer.ts';

type Named = { id: string; revision: number; name?: string; state?: string; instanceId?: string };
let queries: QueryClient;
let journal: Journal;
let nowMs: number;

beforeEach(() => {
  queries = new QueryClient();
  nowMs = 0;
  journal = createJournal(() => nowMs);
  queries.setQueryData(keys.instances, { items: [{ id: 'a', revision: 5, name: 'old' }], total: 1, complete: true });
});
const apply = (kind: string, value: Named) => applyChanges(queries, journal, [{ kind, value } as unknown as LiveChange]);
const list = (key: readonly unknown[]) => queries.getQueryData<{ items: Named[] }>(key)?.items ?? [];

describe('a change from the socket', () => {
  it('replaces an older revision in the list and in the single, and adds what is new', () => {
    apply('instance', { id: 'a', revision: 6, name: 'new' });
    apply('instance', { id: 'b', revision: 1, name: 'born' });
    expect(list(keys.instances).map(({ name }) => name)).toEqual(['born', 'new']);
    expect(queries.getQueryData(keys.instance('a'))).toMatchObject({ name: 'new' });
  });

  it('never lets an older revision win', () => {
    apply('instance', { id: 'a', revision: 4, name: 'late' });
    expect(list(keys.instances)).toMatchObject([{ name: 'old' }]);
  });

  it('takes an ended operation out of the active list and keeps it in its instance’s', () => {
    const active = keys.operations({ states: 'active' });
    const ofInstance = keys.operations({ instance: 'a' });
    for (const key of [active, ofInstance]) queries.setQueryData(key, { items: [], total: 0 });
    apply('operation', { id: 'o', revision: 1, state: 'running', instanceId: 'a' });
    expect(list(active)).toHaveLength(1);
    apply('operation', { id: 'o', revision: 2, state: 'succeeded', instanceId: 'a' });
    apply('operation', { id: 'p', revision: 1, state: 'running', instanceId: 'b' });
    expect(list(active).map(({ id }) => id)).toEqual(['p']);
    expect(list(ofInstance).map(({ id }) => id)).toEqual(['o']);
  });

  it('removes what is gone, and an answer asked for before that does not bring it back', () => {
    nowMs = 10;
    applyChanges(queries, journal, [{ kind: 'removed', resource: 'instance', id: 'a' }]);
    expect(queries.getQueryData(keys.instances)).toMatchObject({ items: [], total: 0 });
    expect(journal.reconcile([], [{ id: 'a', revision: 5 }], 5)).toEqual([]);
    expect(journal.reconcile([], [{ id: 'a', revision: 6 }], 11)).toHaveLength(1);
  });

  it('is kept when a list that was asked for earlier does not know it yet', () => {
    nowMs = 10;
    apply('instance', { id: 'b', revision: 1 });
    const known = list(keys.instances);
    expect(journal.reconcile(known, [{ id: 'a', revision: 5 }], 5).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(journal.reconcile(known, [{ id: 'a', revision: 5 }], 11).map(({ id }) => id)).toEqual(['a']);
  });

  it('about what lives in an engine makes pages that show it ask again, and no other event does', () => {
    const heard = { id: '1', revision: 0, instanceId: 'a', at: '2026-01-01T00:00:00.000Z' };
    const isStale = () => queries.getQueryState(keys.databases('a'))?.isInvalidated;
    queries.setQueryData(keys.databases('a'), { items: [] });
    apply('event', { ...heard, code: 'agent-heard' } as Named);
    expect(isStale()).toBe(false);
    apply('event', { ...heard, code: 'database-created' } as Named);
    expect(isStale()).toBe(true);
  });
});
