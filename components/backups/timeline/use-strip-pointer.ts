import { type PointerEvent, useRef } from 'react';
import { type Span, toMoment } from './time-scale.ts';
import type { Seen } from './use-seen.ts';

/** `fromHandlePx`: where the first finger was put down; Infinity once there are two. */
type Held = { at: Map<number, number>; from: Span; startX: number; apartPx: number | null; moved: boolean; fromHandlePx: number };

export const halfHandlePx = 12;
/** A drag that begins this near means the handle: that of a young instance moves a dozen pixels each second. */
const reachPx = 22;

/** What fingers and the mouse do on a strip: drag the handle, drag what is seen, pinch it, or click a place. */
export function useStripPointer({ seen, handleAt, onPlace }: { seen: Seen; handleAt: number; onPlace(atMs: number): void }) {
  const held = useRef<Held | null>(null);
  const toStrip = (x: number) => x - (seen.element.current?.getBoundingClientRect().left ?? 0);
  const place = (x: number) => onPlace(toMoment(seen.seen, seen.widthPx, toStrip(x)));
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      const isMark = event.target instanceof Element && event.target.closest('button') !== null;
      if (event.button !== 0 || isMark) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const at = held.current?.at ?? new Map<number, number>();
      at.set(event.pointerId, event.clientX);
      held.current = {
        at,
        from: seen.seen,
        startX: event.clientX,
        apartPx: apart(at),
        moved: at.size > 1,
        fromHandlePx: at.size === 1 ? Math.abs(toStrip(event.clientX) - handleAt) : Number.POSITIVE_INFINITY,
      };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const now = held.current;
      if (now === null || !now.at.has(event.pointerId)) return;
      now.at.set(event.pointerId, event.clientX);
      if (now.at.size > 1) return pinch(now);
      if (Math.abs(event.clientX - now.startX) > 3) now.moved = true;
      if (!now.moved) return;
      if (now.fromHandlePx <= reachPx) place(event.clientX);
      else seen.panPixels(now.from, now.startX - event.clientX);
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const now = held.current;
      if (now === null) return;
      now.at.delete(event.pointerId);
      if (now.at.size > 0) return;
      held.current = null;
      if (!now.moved && now.fromHandlePx > halfHandlePx) place(event.clientX);
    },
    onPointerCancel: () => {
      held.current = null;
    },
  };

  function pinch(now: Held) {
    const apartPx = apart(now.at);
    if (apartPx === null || now.apartPx === null) return;
    const middle = toStrip([...now.at.values()].reduce((sum, x) => sum + x, 0) / now.at.size);
    seen.zoom(now.apartPx / apartPx, toMoment(seen.seen, seen.widthPx, middle));
    now.apartPx = apartPx;
  }
}

/** How far apart two fingers are; null for one. */
function apart(at: ReadonlyMap<number, number>): number | null {
  const [one, other] = [...at.values()];
  return one === undefined || other === undefined ? null : Math.max(Math.abs(one - other), 8);
}
