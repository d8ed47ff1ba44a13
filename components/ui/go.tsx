import { useRouter } from 'next/navigation';
import type { ComponentProps } from 'react';
import { fetchAhead } from './fetch-ahead.ts';
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
        fetchAhead(router, href);
        onPointerEnter?.(event);
      }}
      onFocus={(event) => {
        fetchAhead(router, href);
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
