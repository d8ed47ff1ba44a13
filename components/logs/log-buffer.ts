import type { LogLine, LogPage } from '#contract/resources/log.ts';

export type LogView = {
  lines: readonly LogLine[];
  /** Where older lines can be read from; null at the beginning of the log. */
  before: string | null;
  following: boolean;
  /** Lines that came while not following. */
  pending: number;
  /** Where lines at the end that are not held can be read from; null when the end is held and live lines join it. */
  after: string | null;
};

export type LogBuffer = {
  subscribe(listener: () => void): () => void;
  getView(): LogView;
  /** Starts over with a page; `following` when it is the newest one. */
  replace(page: LogPage, following: boolean): void;
  prepend(page: LogPage): void;
  /** Lines written now. While not following they wait below the fold and are counted. */
  append(lines: readonly LogLine[]): void;
  /** Lines read from the file after the last one held. */
  extend(page: LogPage): void;
  setFollowing(following: boolean): void;
};

/** Following forgets the oldest lines beyond `keep`; paused forgets nothing shown, and beyond `most` only counts. */
export const logLimits = { keep: 20_000, most: 100_000 } as const;

/** The lines a viewer holds, each once, in order. The file is the truth: what is not held is read again by position. */
export function createLogBuffer(limits: { keep: number; most: number } = logLimits): LogBuffer {
  const listeners = new Set<() => void>();
  let view: LogView = { lines: [], before: null, following: true, pending: 0, after: null };
  let seen = new Set<string>();

  const show = (next: Partial<LogView>) => {
    view = { ...view, ...next };
    for (const listener of listeners) listener();
  };
  const takeNew = (lines: readonly LogLine[]) => {
    const fresh = lines.filter((line) => !seen.has(line.position));
    for (const line of fresh) seen.add(line.position);
    return fresh;
  };

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getView: () => view,
    replace: (page, following) => {
      seen = new Set();
      show({ lines: takeNew(page.lines), before: page.before, following, pending: 0, after: following ? null : page.after });
    },
    prepend: (page) => show({ lines: [...takeNew(page.lines), ...view.lines], before: page.before }),
    append: (lines) => {
      if (view.after !== null) return show({ pending: view.pending + lines.length });
      const fresh = takeNew(lines);
      if (fresh.length === 0) return;
      const all = [...view.lines, ...fresh];
      if (view.following) return show(forgetOldest(all, limits.keep, view.before, seen));
      const pending = view.pending + fresh.length;
      if (all.length <= limits.most) return show({ lines: all, pending });
      for (const line of fresh) seen.delete(line.position);
      show({ after: view.lines.at(-1)?.position ?? null, pending });
    },
    extend: (page) => {
      const fresh = takeNew(page.lines);
      show({
        lines: [...view.lines, ...fresh],
        pending: page.after === null ? 0 : Math.max(0, view.pending - fresh.length),
        after: page.after,
      });
    },
    setFollowing: (following) => show(following ? { following, pending: 0 } : { following }),
  };
}

function forgetOldest(lines: LogLine[], keep: number, before: string | null, seen: Set<string>): Pick<LogView, 'lines' | 'before'> {
  // A fifth beyond the limit is let grow, so that forgetting is not done for every line.
  if (lines.length <= keep * 1.2) return { lines, before };
  const kept = lines.slice(-keep);
  for (const line of lines.slice(0, -keep)) seen.delete(line.position);
  return { lines: kept, before: kept[0]?.position ?? before };
}
