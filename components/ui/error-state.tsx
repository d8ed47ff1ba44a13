import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { EmptyState } from './empty-state.tsx';
import { Mark } from './status-mark.tsx';

/** What failed: the cause, the engine's words, the request id, and a way to try again. A missing right is said as such. */
export function ErrorState({ error, onRetry, what }: { error: unknown; onRetry?: () => void; what?: string }) {
  const problem = toApiProblem(error);
  if (problem.code === 'not-allowed') return <NoPermission sentence={problem.message} />;
  if (problem.code === 'not-found') {
    return (
      <EmptyState
        title={`${what ?? 'This'} is not here`}
        sentence="It does not exist, was deleted, or belongs to a project you are not a member of."
      />
    );
  }
  return (
    <div role="alert" className="flex flex-col items-center px-6 py-14 text-center">
      <Mark tone="broken" size={16} className="mb-3" />
      <h2 className="text-14">{problem.message}</h2>
      {problem.detail !== undefined && <p className="num mt-2 max-w-140 break-words text-12 text-muted">{problem.detail}</p>}
      {problem.requestId !== undefined && (
        <p className="mt-2 flex items-center gap-1 text-12 text-faint">
          Request <span className="num">{problem.requestId}</span> <CopyButton text={problem.requestId} label="Copy the request id" />
        </p>
      )}
      {onRetry !== undefined && (
        <Button icon={RotateCw} onClick={onRetry} className="mt-4">
          Try again
        </Button>
      )}
    </div>
  );
}

/** Which right is missing and who grants it. */
export function NoPermission({ sentence, action }: { sentence: string; action?: ReactNode }) {
  return <EmptyState title="Not open to you" sentence={sentence} action={action} />;
}
