'use client';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useBrowser } from '#client/browser.ts';
import { type ApiProblem, toApiProblem } from '#client/problem.ts';
import { readLog } from '#client/queries/logs.ts';
import { createLogBuffer, type LogView } from './log-buffer.ts';
import { isFiltered, type LogFilter, toLogQuery, writeLogFilter } from './log-filter.ts';
import { createLogPager, type LogPager } from './log-pager.ts';
import { tailLog } from './tail-log.ts';

export type LogViewer = {
  view: LogView;
  state: 'loading' | 'ready' | 'failed';
  /** Why the lines could not be read, or why none arrive any more. */
  problem: ApiProblem | null;
  /** Older or newer lines are being looked for: what is held is not yet all that matches. */
  searching: boolean;
  setFollowing(following: boolean): void;
  /** Reads the page before the first line held, or after the last; one at a time. */
  loadOlder(): void;
  loadNewer(): void;
  /** Starts over at the newest line. */
  reload(): void;
};

const firstPage = 500;
const nextPage = 500;

/** Everything between the log's endpoints and the lines on the screen. With `anchor` it opens around that position and does not follow. */
export function useLogViewer(instanceId: string, name: string, filter: LogFilter, anchor: string | null): LogViewer {
  const browser = useBrowser();
  const [buffer] = useState(createLogBuffer);
  const [state, setState] = useState<LogViewer['state']>('loading');
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [searching, setSearching] = useState(false);
  const pager = useRef<LogPager | null>(null);
  const filterKey = writeLogFilter(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the URL's text is the filter's identity.
  const stable = useMemo(() => ({ filter, query: toLogQuery(filter, browser.clock.now()) }), [filterKey, browser, attempt]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an attempt starts everything over.
  useEffect(() => {
    const stopped = new AbortController();
    let stopTail = () => {};
    setState('loading');
    setProblem(null);
    setSearching(false);
    pager.current = null;
    const { signal } = stopped;
    const open = async () => {
      const filtered = isFiltered(stable.filter);
      // Without this the place where the filtered page ends would say nothing about where the log ends.
      const end = filtered ? await readLog(instanceId, name, { limit: 1 }, signal) : null;
      const page =
        anchor === null
          ? await readLog(instanceId, name, { ...stable.query, limit: firstPage }, signal)
          : await readLog(instanceId, name, { ...stable.query, before: anchor, after: anchor, limit: firstPage }, signal);
      buffer.replace(page, anchor === null && stable.filter.to === null);
      setState('ready');
      const after = (end ?? page).lines.at(-1)?.position;
      stopTail = tailLog(browser.live, { instanceId, name, filter: stable.filter, after, nowMs: browser.clock.now() }, buffer, setProblem);
      const read: Parameters<typeof createLogPager>[0]['read'] = (place) =>
        readLog(instanceId, name, { ...stable.query, ...place, limit: nextPage }, signal);
      pager.current = createLogPager({ buffer, read, signal, onSearching: setSearching, onProblem: setProblem });
      await pager.current.fill();
    };
    open().catch((error: unknown) => {
      if (signal.aborted) return;
      setProblem(toApiProblem(error));
      setState('failed');
    });
    return () => {
      stopped.abort();
      stopTail();
    };
  }, [browser, buffer, instanceId, name, stable, anchor, attempt]);

  return {
    view: useSyncExternalStore(buffer.subscribe, buffer.getView, buffer.getView),
    state,
    problem,
    searching,
    setFollowing: buffer.setFollowing,
    loadOlder: useCallback(() => void pager.current?.load('before'), []),
    loadNewer: useCallback(() => void pager.current?.load('after'), []),
    reload: useCallback(() => setAttempt((count) => count + 1), []),
  };
}
