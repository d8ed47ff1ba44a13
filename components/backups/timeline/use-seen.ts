import { useEffect, useRef, useState } from 'react';
import { useWidth } from '#components/ui/use-width.ts';
import { pan, reveal, type Span, toMoment, zoom } from './time-scale.ts';

export type Seen = ReturnType<typeof useSeen>;

/** Which stretch of the whole a strip shows, how wide it is drawn, and every way to change that. */
export function useSeen(whole: Span) {
  const element = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(element);
  // Null shows the whole, which grows with time.
  const [part, setPart] = useState<Span | null>(null);
  const seen = part === null ? whole : pan(part, whole, 0);
  const isWhole = seen.fromMs === whole.fromMs && seen.toMs === whole.toMs;
  const show = (next: Span) => setPart(next.fromMs === whole.fromMs && next.toMs === whole.toMs ? null : next);
  const change = {
    zoom: (factor: number, aroundMs: number) => show(zoom(seen, whole, factor, aroundMs)),
    panPixels: (from: Span, pixels: number) => show(pan(from, whole, (pixels / Math.max(widthPx, 1)) * (from.toMs - from.fromMs))),
    reveal: (atMs: number) => show(reveal(seen, whole, atMs)),
    showWhole: () => setPart(null),
  };
  const latest = useRef({ seen, widthPx, isWhole, change });
  latest.current = { seen, widthPx, isWhole, change };
  useEffect(() => {
    const strip = element.current;
    if (strip === null) return;
    const onWheel = (event: WheelEvent) => {
      const now = latest.current;
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      // With nothing left to zoom out of, the page scrolls on.
      if (now.isWhole && (isSideways || event.deltaY > 0)) return;
      event.preventDefault();
      if (isSideways) return now.change.panPixels(now.seen, sideways);
      const x = event.clientX - strip.getBoundingClientRect().left;
      now.change.zoom(1.0018 ** event.deltaY, toMoment(now.seen, now.widthPx, x));
    };
    strip.addEventListener('wheel', onWheel, { passive: false });
    return () => strip.removeEventListener('wheel', onWheel);
  }, []);
  return { element, widthPx, seen, isWhole, ...change };
}
