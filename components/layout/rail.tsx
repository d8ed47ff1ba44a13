import { clsx } from 'clsx';
import { PanelLeft } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useMe } from '#client/queries/me.ts';
import { useActiveOperations } from '#client/queries/operations.ts';
import { toggleRail } from '#client/theme.ts';
import { Go } from '#components/ui/go.tsx';
import { Logo } from './logo.tsx';
import { desks, isAt, type Place, places } from './places.ts';

/** The left rail: 216 px, or 56 px when folded; which one is kept on <html> so that nothing jumps at load. */
export function Rail() {
  const operator = useMe().data?.operator ?? false;
  const active = useActiveOperations().data?.items.length ?? 0;
  return (
    <nav aria-label="Main" className="fixed inset-y-0 left-0 z-20 hidden w-54 flex-col border-line border-r bg-page narrow:w-14 md:flex">
      <Go href="/instances" className="flex h-12 items-center gap-2.5 px-4.5 font-semibold text-14">
        <Logo />
        <span className="narrow:sr-only">Guestboard</span>
      </Go>
      <ul className="space-y-0.5 px-2.5 py-2">
        {places.map((place) => (
          <RailItem key={place.href} place={place} count={place.href === '/operations' ? active : 0} />
        ))}
      </ul>
      <ul className="mx-2.5 space-y-0.5 border-line border-t py-2">
        {desks.map((place) => (!place.operator || operator) && <RailItem key={place.href} place={place} count={0} />)}
      </ul>
      <button
        type="button"
        onClick={toggleRail}
        aria-label="Fold or unfold the rail"
        className="mt-auto mb-3 ml-2.5 flex h-8 w-9 items-center justify-center rounded-control text-faint hover:bg-hover hover:text-fg"
      >
        <PanelLeft size={16} aria-hidden />
      </button>
    </nav>
  );
}

function RailItem({ place, count }: { place: Place; count: number }) {
  const here = isAt(usePathname(), place.href);
  const Icon = place.icon;
  return (
    <li>
      <Go
        href={place.href}
        title={place.title}
        aria-current={here ? 'page' : undefined}
        className={clsx(
          'flex h-8 items-center gap-2.5 rounded-control px-2.5 text-13 transition-colors duration-[120ms]',
          here ? 'bg-hover font-medium text-fg' : 'text-muted hover:bg-hover hover:text-fg',
        )}
      >
        <Icon size={16} aria-hidden className={here ? 'text-accent' : ''} />
        <span className="narrow:sr-only">{place.title}</span>
        {count > 0 && (
          <span className="num ml-auto text-12 text-working narrow:hidden">
            {count}
            <span className="sr-only"> running</span>
          </span>
        )}
      </Go>
    </li>
  );
}
