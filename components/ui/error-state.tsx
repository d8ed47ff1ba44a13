import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { type ApiProblem, toApiProblem } from '#client/problem.ts';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';
import { later } from './later.tsx';
import { Mark } from './status-mark.tsx';

const CopyButton = later(() => import('./copy-button.tsx').then((module) => module.CopyButton), <span className="size-7 shrink-0" />);

/** What failed: its name, the cause, the engine's words, what helps, and a way to try again. A missing right is said as such. */
export function ErrorState({ error, onRetry, busy = false, what }: { error: unknown; onRetry?: () => void; busy?: boolean; what: string }) {
  const problem = toApiProblem(error);
  if (problem.code === 'not-allowed') return <NoPermission sentence={problem.message} />;
  if (problem.code === 'not-found') {
    return (
      <EmptyState
        title={`${what} is not here`}
        sentence="It does not exist, was deleted, or belongs to a project you are not a member of."
      />
    );
  }
  const help = findHelp(problem);
  return (
    <div role="alert" className="flex flex-col items-center px-6 py-10 text-center">
      <Mark tone="broken" size={16} className="mb-3" />
      <h2 className="text-14">{what} could not be loaded</h2>
      <p className="mt-1 max-w-140 text-balance text-muted">
        {problem.message}
        {help !== null && ` ${help}`}
      </p>
      {problem.detail !== undefined && <p className="num mt-2 max-w-140 break-words text-12 text-muted">{problem.detail}</p>}
      {problem.requestId !== undefined && (
        <p className="mt-2 flex max-w-full items-center gap-1 text-12 text-faint">
          Request <span className="num truncate">{problem.requestId}</span>
          <CopyButton text={problem.requestId} label="Copy the request id" />
        </p>
      )}
      {onRetry !== undefined && (
        <Button icon={RotateCw} busy={busy} onClick={onRetry} className="mt-4">
          Try again
        </Button>
      )}
    </div>
  );
}

/** What to do about a cause that does not say so itself: the rest is made where the fault is known, with its next step. */
function findHelp({ code }: ApiProblem): string | null {
  if (code === 'unreachable') return 'It is stopped, being started, or cut off from here; databases run on.';
  if (code === 'internal') return 'The server’s log says why, under this request.';
  return null;
}

/** Which right is missing and who grants it. */
export function NoPermission({ sentence, action }: { sentence: string; action?: ReactNode }) {
  return <EmptyState title="Not open to you" sentence={sentence} action={action} />;
}
