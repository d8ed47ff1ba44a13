import { useEffect } from 'react';
import { useBrowser } from '#client/browser.ts';
import { useStore } from '#client/store.ts';
import { isPlainClick } from '#components/ui/plain-click.ts';
import { useVisit } from '#components/ui/use-visit.ts';

/** While nothing arrives, links ask first whether their page can be fetched, wherever they stand. */
export function LinksWhileLost() {
  const lost = useStore(useBrowser().connection.state).phase === 'reconnecting';
  const visit = useVisit();
  useEffect(() => {
    if (!lost) return;
    const listen = (event: MouseEvent) => {
      if (!isPlainClick(event)) return;
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (link === null || link.target !== '' || link.hasAttribute('download') || !isAnotherPage(link)) return;
      event.preventDefault();
      event.stopPropagation();
      visit(link.pathname + link.search + link.hash);
    };
    document.addEventListener('click', listen, { capture: true });
    return () => document.removeEventListener('click', listen, { capture: true });
  }, [lost, visit]);
  return null;
}

function isAnotherPage({ origin, pathname, search }: HTMLAnchorElement): boolean {
  return origin === location.origin && (pathname !== location.pathname || search !== location.search);
}
