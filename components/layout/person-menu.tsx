import { useMe } from '#client/queries/me.ts';
import { Menu } from '#components/ui/menu.tsx';

/** Who is signed in; behind it how the page looks, and the way out. */
export function PersonMenu() {
  const { data: me } = useMe();
  const initials = me === undefined ? '' : initialsOf(me.name || me.username);
  return (
    <Menu
      items={() => import('./person-menu-items.tsx').then((module) => module.PersonMenuItems)}
      trigger={
        <button
          type="button"
          className="flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft font-medium text-12 text-fg"
        >
          <span aria-hidden>{initials}</span>
          <span className="sr-only">{me === undefined ? 'Person' : `Signed in as ${me.name}`}</span>
        </button>
      }
    />
  );
}

function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase() ?? '')
    .join('');
}
