import type { DropdownMenu } from 'radix-ui';
import { createContext, useContext } from 'react';

type Parts = Pick<typeof DropdownMenu, 'Item' | 'Label' | 'Separator'>;

/** The library's parts, handed to the items by the body, so that items cost nothing before a menu is opened. */
export const MenuParts = createContext<Parts | null>(null);

export function useMenuParts(): Parts {
  const parts = useContext(MenuParts);
  if (parts === null) throw new Error('A menu item stands outside a Menu.');
  return parts;
}
