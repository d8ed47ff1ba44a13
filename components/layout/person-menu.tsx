import { LogOut, Monitor, Moon, Rows3, Rows4, Sun } from 'lucide-react';
import { useMe } from '#client/queries/me.ts';
import { signOut } from '#client/session.ts';
import { useStore } from '#client/store.ts';
import { lookChanges, readDensity, readTheme, setDensity, setTheme } from '#client/theme.ts';
import { Menu, MenuItem, MenuLabel, MenuLine } from '#components/ui/menu.tsx';
import { notifyProblem } from '#components/ui/notify.ts';

/** Who is signed in, how the page looks, and the way out. */
export function PersonMenu() {
  const { data: me } = useMe();
  const initials = me === undefined ? '' : initialsOf(me.name || me.username);
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft font-medium text-12 text-fg"
        >
          <span aria-hidden>{initials}</span>
          <span className="sr-only">{me === undefined ? 'Person' : `Signed in as ${me.name}`}</span>
        </button>
      }
    >
      {me !== undefined && (
        <MenuLabel>
          <span className="block text-13 text-fg">{me.name}</span>
          {me.username} · {me.operator ? 'operator' : me.memberships.map(({ projectName, role }) => `${role} of ${projectName}`).join(', ')}
        </MenuLabel>
      )}
      <MenuLine />
      <LookItems />
      <MenuLine />
      <MenuItem icon={LogOut} onSelect={() => void leave()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}

function LookItems() {
  useStore(lookChanges);
  const theme = readTheme();
  const density = readDensity();
  return (
    <>
      <MenuLabel>Theme</MenuLabel>
      <MenuItem icon={Sun} checked={theme === 'light'} onSelect={() => setTheme('light')}>
        Light
      </MenuItem>
      <MenuItem icon={Moon} checked={theme === 'dark'} onSelect={() => setTheme('dark')}>
        Dark
      </MenuItem>
      <MenuItem icon={Monitor} checked={theme === 'system'} onSelect={() => setTheme('system')}>
        As the system
      </MenuItem>
      <MenuLabel>Rows</MenuLabel>
      <MenuItem icon={Rows3} checked={density === 'comfortable'} onSelect={() => setDensity('comfortable')}>
        Comfortable
      </MenuItem>
      <MenuItem icon={Rows4} checked={density === 'compact'} onSelect={() => setDensity('compact')}>
        Compact
      </MenuItem>
    </>
  );
}

export async function leave(): Promise<void> {
  try {
    await signOut();
    location.assign('/sign-in');
  } catch (error) {
    notifyProblem(error);
  }
}

function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase() ?? '')
    .join('');
}
