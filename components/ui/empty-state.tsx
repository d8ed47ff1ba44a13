import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

/** Why there is nothing, in one sentence, and the one button that changes it. */
export function EmptyState({
  icon: Icon,
  title,
  sentence,
  action,
}: {
  icon?: LucideIcon;
  title: string;
  sentence: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center">
      {Icon && <Icon size={20} aria-hidden className="mb-3 text-faint" />}
      <h2 className="text-14">{title}</h2>
      <p className="mt-1 max-w-100 text-balance text-muted">{sentence}</p>
      {action !== undefined && <div className="mt-4">{action}</div>}
    </div>
  );
}
