import { useRef } from 'react';
import { useBrowser, useNow } from '#client/browser.ts';
import { healthOf, isProblem } from '#client/health.ts';
import type { InstanceList } from '#client/queries/instances.ts';
import { useProjects } from '#client/queries/projects.ts';
import { matches, parseFilter, type Seen } from './filter.ts';
import { type Line, parseSort, toLines } from './sort.ts';

export type Counts = { all: number; problems: number; busy: number; stopped: number };

/** The list's lines for a filter and a sort, looked over once a second; the same array while the order holds. */
export function useLines(list: InstanceList | undefined, filter: string, sort: string | null): { lines: readonly Line[]; counts: Counts } {
  const browser = useBrowser();
  const nowMs = useNow(1000);
  const projects = useProjects().data?.items ?? [];
  const last = useRef<readonly Line[]>([]);
  const names = new Map(projects.map((project) => [project.id, project.name]));
  const rows: Seen[] = (list?.items ?? []).map((instance) => ({
    instance,
    health: healthOf(browser, instance, nowMs),
    projectName: names.get(instance.projectId) ?? '',
  }));
  const terms = parseFilter(filter);
  const lines = toLines(
    rows.filter((row) => matches(terms, row)),
    parseSort(sort),
  );
  if (!areSame(lines, last.current)) last.current = lines;
  const counts = {
    all: rows.length,
    problems: rows.filter((row) => isProblem(row.health)).length,
    busy: rows.filter((row) => row.instance.operationId !== null).length,
    stopped: rows.filter((row) => row.health.tone === 'stopped').length,
  };
  return { lines: last.current, counts };
}

function areSame(a: readonly Line[], b: readonly Line[]): boolean {
  return a.length === b.length && a.every((line, index) => line.instance === b[index]?.instance && line.indented === b[index]?.indented);
}
