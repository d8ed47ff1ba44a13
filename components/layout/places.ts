import {
  Archive,
  ChartNetwork,
  Database,
  FolderKey,
  HardDrive,
  KeyRound,
  ListChecks,
  type LucideIcon,
  ServerCog,
  SlidersHorizontal,
} from 'lucide-react';

export type Place = { href: string; title: string; icon: LucideIcon; key: string; operator?: true };

/** Where one can go, in the order of the rail. `key` follows g on the keyboard. */
export const places: readonly Place[] = [
  { href: '/instances', title: 'Instances', icon: Database, key: 'i' },
  { href: '/map', title: 'Map', icon: ChartNetwork, key: 'm' },
  { href: '/backups', title: 'Backups', icon: Archive, key: 'b' },
  { href: '/operations', title: 'Operations', icon: ListChecks, key: 'o' },
  { href: '/configuration', title: 'Configuration', icon: SlidersHorizontal, key: 'c' },
  { href: '/storage', title: 'Storage', icon: HardDrive, key: 'd' },
];

export const desks: readonly Place[] = [
  { href: '/projects', title: 'Projects', icon: FolderKey, key: 'p' },
  { href: '/tokens', title: 'API tokens', icon: KeyRound, key: 't' },
  { href: '/system', title: 'System', icon: ServerCog, key: 's', operator: true },
];

/** As many of the places as the bar of a phone has cells for, beside More. */
export const placesOnPhones = 4;

/** What stands behind More on phones. */
export function listMore(operator: boolean): Place[] {
  return [...places.slice(placesOnPhones), ...desks.filter((place) => !place.operator || operator)];
}

export function isAt(pathname: string, href: string): boolean {
  return pathname === href || pathname.startsWith(`${href}/`);
}
