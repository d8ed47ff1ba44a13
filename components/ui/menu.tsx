import { type ComponentType, cloneElement, type ReactElement, type ReactNode, useState } from 'react';
import type { MenuBodyProps } from './menu-body.tsx';
import { notifyUnfetched } from './notify.ts';

export type MenuProps = {
  trigger: ReactElement<Record<string, unknown>>;
  align?: 'start' | 'end';
  /** MenuItem, MenuLabel and MenuLine. */
  children?: ReactNode;
  /** Instead of children, for menus that stand on every page: a component of them, fetched with the menu's own code. */
  items?: () => Promise<ComponentType>;
};

type Fetched = { Body: ComponentType<MenuBodyProps>; Items: ComponentType | undefined };

/** A menu at a button. Its code comes when a pointer or the focus comes near. */
export function Menu({ trigger, align = 'end', children, items }: MenuProps) {
  const [open, setOpen] = useState(false);
  const [fetched, setFetched] = useState<Fetched | null>(null);
  if (fetched !== null) {
    const { Body, Items } = fetched;
    return (
      <Body trigger={trigger} align={align} open={open} onOpenChange={setOpen}>
        {Items === undefined ? children : <Items />}
      </Body>
    );
  }
  const wake = () =>
    load(items).then((parts) => {
      setOpen(true);
      setFetched(parts);
    }, notifyUnfetched);
  const near = () => void load(items).catch(() => {});
  return cloneElement(trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: near,
    onFocus: near,
    onClick: () => void wake(),
    onKeyDown: (event: KeyboardEvent) => event.key === 'ArrowDown' && void wake(),
  });
}

/** Both before the menu opens, so that the focus finds its items. */
async function load(items: MenuProps['items']): Promise<Fetched> {
  const [{ default: Body }, Items] = await Promise.all([import('./menu-body.tsx'), items?.()]);
  return { Body, Items };
}
