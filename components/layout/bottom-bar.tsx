import { clsx } from 'clsx';
import { Ellipsis } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useMe } from '#client/queries/me.ts';
import { useActiveOperations } from '#client/queries/operations.ts';
import { Go } from '#components/ui/go.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { isAt, listMore, places, placesOnPhones } from './places.ts';

const cell = 'relative flex h-14 grow basis-0 flex-col items-center justify-center gap-0.5 text-12';

/** The rail on phones: four places and the rest behind More. */
export function BottomBar() {
  const pathname = usePathname();
  const operator = useMe().data?.operator ?? false;
  const active = useActiveOperations().data?.items.length ?? 0;
  const more = listMore(operator);
  return (
    <nav
      aria-label="Main, phone"
      className="fixed inset-x-0 bottom-0 z-30 flex border-line border-t bg-panel pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {places.slice(0, placesOnPhones).map(({ href, title, icon: Icon }) => (
        <Go
          key={href}
          href={href}
          aria-current={isAt(pathname, href) ? 'page' : undefined}
          className={clsx(cell, isAt(pathname, href) ? 'text-accent' : 'text-muted')}
        >
          <Icon size={18} aria-hidden />
          {title}
          {href === '/operations' && active > 0 && (
            <span className="num absolute top-1.5 left-[calc(50%+10px)] rounded-full bg-working-soft px-1 text-working leading-4">
              {active}
            </span>
          )}
        </Go>
      ))}
      <Menu
        items={() => import('./more-items.tsx').then((module) => module.MoreItems)}
        trigger={
          <button type="button" className={clsx(cell, more.some((place) => isAt(pathname, place.href)) ? 'text-accent' : 'text-muted')}>
            <Ellipsis size={18} aria-hidden />
            More
          </button>
        }
      />
    </nav>
  );
}
