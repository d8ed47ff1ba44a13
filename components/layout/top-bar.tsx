import { Search } from 'lucide-react';
import { useCommandKey } from '#client/command-key.ts';
import { OperationChip } from '#components/operations/operation-chip.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { Breadcrumbs } from './breadcrumbs.tsx';
import { LiveMark } from './live-mark.tsx';
import { PersonMenu } from './person-menu.tsx';
import { ProblemsMenu } from './problems-menu.tsx';

/** 48 px: where I am, search or run, what I started, problems, whether it is live, who I am. */
export function TopBar({ onSearch }: { onSearch(): void }) {
  const commandKey = useCommandKey();
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-3 border-line border-b bg-page px-4 md:px-6">
      <Breadcrumbs />
      <div className="grow" />
      <button
        type="button"
        onClick={onSearch}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-8 items-center gap-2 rounded-control text-muted hover:bg-hover max-md:w-8 max-md:justify-center md:border md:border-line md:bg-panel md:px-2.5 lg:w-64"
      >
        <Search size={16} aria-hidden />
        <span className="max-lg:sr-only">Search or run…</span>
        <span className="ml-auto hidden gap-1 md:flex" aria-hidden>
          <Kbd>{commandKey}</Kbd>
          <Kbd>K</Kbd>
        </span>
      </button>
      <OperationChip />
      <ProblemsMenu />
      <LiveMark />
      <PersonMenu />
    </header>
  );
}
