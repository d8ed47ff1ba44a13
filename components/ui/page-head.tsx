import type { ReactNode } from 'react';

/** The head of every page: its name, two or three facts, the primary action right. */
export function PageHead({ title, facts, actions }: { title: ReactNode; facts?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2">
      <h1 className="min-w-0 break-words text-20">{title}</h1>
      {facts !== undefined && <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-muted">{facts}</div>}
      {actions !== undefined && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
    </div>
  );
}
