import { type RefObject, useLayoutEffect, useState } from 'react';

/** Rows kept above and below the screen; a scroll re-renders once per that many rows, not once per pixel. */
const margin = 6;

type Range = { first: number; end: number };

/**
 * Which of `count` rows, all `height` pixels high, stand on the screen or close to it while the page itself scrolls: `first` up to, not
 * including, `end`. Written by hand: rows of one height need no measuring, and that is what the libraries' ten kilobytes are for.
 */
export function useRowsInSight(ground: RefObject<HTMLElement | null>, count: number, height: number): Range {
  const [sight, setSight] = useState<Range>(() => toRange(0, height, window.innerHeight));
  useLayoutEffect(() => {
    const look = () => {
      const next = toRange(ground.current?.getBoundingClientRect().top ?? 0, height, window.innerHeight);
      setSight((last) => (last.first === next.first && last.end === next.end ? last : next));
    };
    look();
    window.addEventListener('scroll', look, { passive: true });
    window.addEventListener('resize', look);
    return () => {
      window.removeEventListener('scroll', look);
      window.removeEventListener('resize', look);
    };
  }, [ground, height]);
  return { first: Math.min(sight.first, count), end: Math.min(sight.end, count) };
}

/** `top`: where the first row stands, in pixels below the screen's upper edge; negative once scrolled past. */
export function toRange(top: number, height: number, screen: number): Range {
  const step = (row: number) => Math.floor(row / margin) * margin;
  const first = step(Math.max(0, -top / height - margin));
  return { first, end: step((screen - top) / height + 2 * margin) };
}
