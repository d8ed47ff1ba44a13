import type { ReactNode } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { Button } from './button.tsx';
import { ErrorState } from './error-state.tsx';
import { Mark } from './status-mark.tsx';

export type LoadedProps<T> = {
  query: { data: T | undefined; error: Error | null; refetch: () => unknown };
  skeleton: ReactNode;
  /** What it is, for "… is not here". */
  what?: string;
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
export function Loaded<T>({ query, skeleton, what, children }: LoadedProps<T>) {
  const { data, error, refetch } = query;
  if (data === undefined) {
    return error === null ? (
      skeleton
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} {...(what === undefined ? {} : { what })} />
    );
  }
  if (error === null) return children(data);
  const problem = toApiProblem(error);
  if (problem.code === 'not-found' || problem.code === 'not-allowed')
    return <ErrorState error={error} {...(what === undefined ? {} : { what })} />;
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
