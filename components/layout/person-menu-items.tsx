import { LogOut, Monitor, Moon, Rows3, Rows4, Sun } from 'lucide-react';
import { useMe } from '#client/queries/me.ts';
import { useStore } from '#client/store.ts';
import { lookChanges, readDensity, readTheme, setDensity, setTheme } from '#client/theme.ts';
import { MenuItem, MenuLabel, MenuLine } from '#components/ui/menu-items.tsx';
import { leave } from './leave.ts';

/** Who it is, how the page looks, and the way out. */
export function PersonMenuItems() {
  const { data: me } = useMe();
  return (
    <>
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
    </>
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
