import { type ReactNode, useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { Button } from './button.tsx';
import { ErrorState } from './error-state.tsx';
import { PageHead } from './page-head.tsx';
import { Mark } from './status-mark.tsx';

export type LoadedProps<T> = {
  query: { data: T | undefined; error: Error | null; refetch: () => unknown; errorUpdateCount?: number };
  skeleton: ReactNode;
  /** What it is, for "… is not here" and "… could not be loaded". */
  what: string;
  /** Where nothing else is around it, what failed has a panel of its own, and under `page` the page's title, too. */
  framed?: true;
  page?: string;
  children(data: T): ReactNode;
};

type Asked = { data: unknown; error: Error | null; refetch: () => unknown };

/** Several as one: there when all of them are, and the first error of one that is not. */
export function together(...queries: readonly Asked[]): LoadedProps<true>['query'] {
  const missing = queries.filter(({ data }) => data === undefined);
  return {
    data: missing.length === 0 ? true : undefined,
    error: missing.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => {
      for (const { error, refetch } of missing) if (error !== null) refetch();
    },
  };
}

/** The three states of anything asked for: its skeleton, its data, its error; old data stays, dimmed, under a line that says why. */
export function Loaded<T>({ query, skeleton, what, framed, page, children }: LoadedProps<T>) {
  const { data, error, refetch, errorUpdateCount = 0 } = query;
  const [last, setLast] = useState(error);
  if (error !== null && error !== last) setLast(error);
  if (data === undefined) {
    // What is asked for again, by itself or by a person, has still failed until it answers.
    const failed = error ?? (errorUpdateCount > 0 ? last : null);
    if (failed === null) return skeleton;
    const state = <ErrorState error={failed} busy={error === null} onRetry={() => void refetch()} what={what} />;
    return frame(state, framed, page);
  }
  if (error === null) return children(data);
  const problem = toApiProblem(error);
  if (problem.code === 'not-found' || problem.code === 'not-allowed') return frame(<ErrorState error={error} what={what} />, framed, page);
  return (
    <>
      <div role="alert" className="mb-3 flex items-center gap-2 rounded-panel border border-line bg-broken-soft px-3 py-2 text-broken">
        <Mark tone="broken" />
        <span className="grow">{problem.message} What you see is from before.</span>
        <Button size="sm" onClick={() => void refetch()}>
          Try again
        </Button>
      </div>
      <div className="opacity-60">{children(data)}</div>
    </>
  );
}

function frame(state: ReactNode, framed: true | undefined, page: string | undefined): ReactNode {
  if (page === undefined && framed === undefined) return state;
  // Not a Panel: what the instances page does not load for anything else is not loaded for its errors.
  const panel = <section className="rounded-panel border border-line bg-panel">{state}</section>;
  return page === undefined ? (
    panel
  ) : (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title={page} />
      {panel}
    </div>
  );
}
