import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import { isPlainClick } from './plain-click.ts';

export type GoProps = Omit<ComponentProps<'a'>, 'href' | 'target' | 'download'> & {
  href: string;
  /** False where the page stays scrolled as it is. */
  scroll?: boolean;
};

/**
 * A link to another page, fetched when a pointer or the focus comes near, not because it can be seen: that is what Next's own has beyond this
 * one, and every page would load it.
 */
export function Go({ href, scroll = true, onPointerEnter, onFocus, onClick, ...rest }: GoProps) {
  const router = useRouter();
  return (
    <a
      {...rest}
      href={href}
      onPointerEnter={(event) => {
        router.prefetch(href);
        onPointerEnter?.(event);
      }}
      onFocus={(event) => {
        router.prefetch(href);
        onFocus?.(event);
      }}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || !isPlainClick(event)) return;
        event.preventDefault();
        router.push(href, { scroll });
      }}
    />
  );
}
