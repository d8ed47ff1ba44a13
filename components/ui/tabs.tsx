import { clsx } from 'clsx';
import { useEffect, useRef } from 'react';
import { Go } from './go.tsx';

export type Tab = { key: string; title: string; href: string; count?: number | undefined };

/** Tabs are links: the open one is in the URL. They scroll sideways on phones. */
export function Tabs({ label, tabs, open }: { label: string; tabs: readonly Tab[]; open: string }) {
  const bar = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a phone the open tab may lie outside the bar; it is brought in when it changes.
  useEffect(() => {
    const link = bar.current?.querySelector<HTMLElement>('[aria-current]');
    if (bar.current && link) bar.current.scrollLeft = link.offsetLeft - (bar.current.clientWidth - link.offsetWidth) / 2;
  }, [open]);
  return (
    <nav ref={bar} aria-label={label} className="-mx-4 overflow-x-auto px-4 [scrollbar-width:none] md:mx-0 md:px-0">
      <ul className="flex min-w-max gap-1 border-line border-b">
        {tabs.map((tab) => (
          <li key={tab.key}>
            <Go
              href={tab.href}
              scroll={false}
              aria-current={tab.key === open ? 'page' : undefined}
              className={clsx(
                '-mb-px flex h-9 items-center gap-1.5 border-b-2 px-3 text-13 transition-colors duration-[120ms]',
                tab.key === open ? 'border-accent font-medium text-fg' : 'border-transparent text-muted hover:text-fg',
              )}
            >
              {tab.title}
              {tab.count !== undefined && <span className="num text-12 text-faint">{tab.count}</span>}
            </Go>
          </li>
        ))}
      </ul>
    </nav>
  );
}
