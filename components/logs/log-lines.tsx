'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { formatNumber } from '#client/format.ts';
import { Button } from '#components/ui/button.tsx';
import { LogLineRow } from './log-line-row.tsx';
import type { LogViewer } from './use-log-viewer.ts';

/** What a finger can hit: the time of every line is a link. */
const lineHeight = 24;

/** The lines on the screen. Following keeps the end in sight; a person who scrolls up stops it, and nothing is lost meanwhile. */
export function LogLines({ viewer, wrap, text, chosen }: { viewer: LogViewer; wrap: boolean; text: string; chosen: string | null }) {
  const { view, searching, setFollowing, loadOlder, loadNewer, reload } = viewer;
  const { lines, following, pending, before, after } = view;
  const scroller = useRef<HTMLDivElement>(null);
  // Only a person's own scrolling pauses: lines that come or leave move the scroll bar, too.
  const touchedAt = useRef(0);
  const touched = () => {
    touchedAt.current = performance.now();
  };
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    getItemKey: (index) => lines[index]?.position ?? index,
    overscan: 12,
    anchorTo: 'end',
    followOnAppend: following,
    scrollEndThreshold: 4,
    useFlushSync: false,
  });

  useEffect(() => {
    if (following) virtualizer.scrollToEnd();
  }, [following, virtualizer]);
  const loaded = lines.length > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen line is brought into sight once, when it is there.
  useEffect(() => {
    const index = chosen === null ? -1 : lines.findIndex((line) => line.position === chosen);
    if (index >= 0 && !following) virtualizer.scrollToIndex(index, { align: 'center' });
  }, [chosen, loaded, virtualizer]);

  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    if (element.scrollTop < 400 && before !== null) loadOlder();
    const fromEnd = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (fromEnd < 400 && after !== null) loadNewer();
    if (performance.now() - touchedAt.current > 600) return;
    if (following && fromEnd > 8) setFollowing(false);
    if (!following && fromEnd <= 2 && after === null && pending > 0) setFollowing(true);
  };

  const items = virtualizer.getVirtualItems();
  return (
    <div className="relative min-h-0 grow">
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label="Log lines"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
        onWheel={touched}
        onTouchMove={touched}
        onKeyDown={touched}
        onPointerDown={touched}
        onPointerMove={(event) => event.buttons > 0 && touched()}
        className="h-full overflow-auto py-1 font-mono text-[12.5px] leading-5 [contain:strict] focus-visible:-outline-offset-2"
      >
        <div className="relative w-full" style={{ height: virtualizer.getTotalSize() }}>
          <div
            className={wrap ? 'absolute inset-x-0 top-0' : 'absolute top-0 min-w-full'}
            style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}
          >
            {items.map((item) => {
              const line = lines[item.index];
              if (line === undefined) return null;
              return (
                <div key={item.key} data-index={item.index} ref={virtualizer.measureElement}>
                  <LogLineRow line={line} wrap={wrap} text={text} chosen={line.position === chosen} />
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {searching && text !== '' && (
        <p role="status" className="absolute top-2 right-4 rounded-control border border-line bg-panel px-2 py-1 text-12 text-muted">
          Searching older lines…
        </p>
      )}
      {!following && (pending > 0 || after !== null) && (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button
            look="primary"
            size="sm"
            icon={ArrowDown}
            className="pointer-events-auto shadow-overlay"
            onClick={() => (after === null ? setFollowing(true) : reload())}
          >
            {pending === 0 ? 'Newest lines' : `${formatNumber(pending)} new line${pending === 1 ? '' : 's'}`}
          </Button>
        </div>
      )}
    </div>
  );
}
