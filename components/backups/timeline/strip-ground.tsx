import { clsx } from 'clsx';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';
import { rows } from './list-marks.tsx';
import { chooseTicks } from './ticks.ts';
import { type Span, toPixel } from './time-scale.ts';

/** What lies under the marks: the windows, now, and the axis. Nothing here is pointed at. */
export function StripGround({ window, seen, widthPx, nowMs }: { window: RestoreWindow; seen: Span; widthPx: number; nowMs: number }) {
  const place = (atMs: number) => Math.min(Math.max(toPixel(seen, widthPx, atMs), -2), widthPx + 2);
  const nowPx = toPixel(seen, widthPx, nowMs);
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0">
      <div className="absolute inset-x-0 rounded border border-line bg-sunken" style={{ top: rows.band, height: rows.bandHeight }} />
      {window.windows.map(({ fromMs, toMs, isOpen }) => (
        <div
          key={fromMs}
          className={clsx('absolute bg-healthy/70', isOpen && 'rounded-r-sm')}
          style={{ left: place(fromMs), width: Math.max(place(toMs) - place(fromMs), 2), top: rows.band, height: rows.bandHeight }}
        />
      ))}
      {chooseTicks(seen, widthPx).map(({ atMs, label, isDay }) => (
        <span key={atMs}>
          <span
            className="absolute w-px bg-line"
            style={{ left: place(atMs), top: rows.band + rows.bandHeight, height: rows.axis - rows.band - rows.bandHeight }}
          />
          {fitsUnder(place(atMs), label, widthPx) && (
            <span
              className={clsx('num absolute -translate-x-1/2 whitespace-nowrap text-12', isDay ? 'font-medium text-muted' : 'text-faint')}
              style={{ left: place(atMs), top: rows.axis }}
            >
              {label}
            </span>
          )}
        </span>
      ))}
      {nowPx >= 0 && nowPx <= widthPx && (
        <span className="absolute top-0 border-line-strong border-l border-dashed" style={{ left: nowPx, height: rows.axis }} />
      )}
    </div>
  );
}

/** A label is centred under its tick; one that an edge would cut is left out, since moved aside it would touch the next. */
function fitsUnder(px: number, label: string, widthPx: number): boolean {
  const halfPx = label.length * 3.7;
  return px >= halfPx && px <= widthPx - halfPx;
}
