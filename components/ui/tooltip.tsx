import { cloneElement, type ReactElement, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

type Place = { left: number; top: number; below: boolean };
const showAfterMs = 350;
/** Long enough for the pointer to cross the gap and rest on the text itself. */
const hideAfterMs = 120;

export type TooltipProps = { text: ReactNode; children: ReactElement<Record<string, unknown>>; side?: 'top' | 'bottom' };

/**
 * A sentence beside anything focusable, on hover and on keyboard focus; also beside an aria-disabled button. Escape hides it.
 * Written by hand: on the first page it would be the only reason to load a positioning library.
 */
export function Tooltip({ text, children, side = 'top' }: TooltipProps) {
  const id = useId();
  const [place, setPlace] = useState<Place | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const later = (ms: number, act: () => void) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(act, ms);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (place === null) return;
    const hide = () => setPlace(null);
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && hide();
    document.addEventListener('keydown', onKey);
    window.addEventListener('scroll', hide, true);
    return () => {
      document.removeEventListener('keydown', onKey);
      window.removeEventListener('scroll', hide, true);
    };
  }, [place]);
  const show = (target: EventTarget, ms: number) => {
    const element = target instanceof Element ? (target.closest('button,a,[tabindex]') ?? target) : null;
    if (element !== null) later(ms, () => setPlace(placeBeside(element.getBoundingClientRect(), side === 'bottom')));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to what its focusable child is doing
    <span
      className="contents"
      onPointerOver={(event) => event.pointerType !== 'touch' && show(event.target, showAfterMs)}
      onPointerOut={() => later(hideAfterMs, () => setPlace(null))}
      onPointerDown={() => later(0, () => setPlace(null))}
      onFocus={(event) => event.target.matches(':focus-visible') && show(event.target, 0)}
      onBlur={() => later(0, () => setPlace(null))}
    >
      {place === null ? children : cloneElement(children, { 'aria-describedby': id })}
      {place !== null &&
        createPortal(
          <div
            role="tooltip"
            id={id}
            onPointerOver={() => clearTimeout(timer.current)}
            onPointerOut={() => later(hideAfterMs, () => setPlace(null))}
            style={{ left: place.left, top: place.top, transform: `translate(-50%, ${place.below ? '0' : '-100%'})` }}
            className="fixed z-60 w-max max-w-72 animate-fade rounded-control border border-line bg-overlay px-2 py-1 text-12 text-fg shadow-overlay"
          >
            {text}
          </div>,
          document.body,
        )}
    </span>
  );
}

/** Above the middle of it, below where there is no room; 148 px from the edges, half the widest text. */
function placeBeside(box: DOMRect, wantsBelow: boolean): Place {
  const below = wantsBelow || box.top < 48;
  const middle = box.left + box.width / 2;
  return {
    left: Math.min(Math.max(middle, 148), Math.max(window.innerWidth - 148, 148)),
    top: below ? box.bottom + 6 : box.top - 6,
    below,
  };
}
