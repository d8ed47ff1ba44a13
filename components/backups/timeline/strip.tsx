import { Minus, Plus, UnfoldHorizontal } from 'lucide-react';
import { type KeyboardEvent, useMemo } from 'react';
import { formatExact } from '#client/format.ts';
import { Button } from '#components/ui/button.tsx';
import type { Backup } from '#contract/resources/backup.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';
import { type Snap, snap, stepByKey } from './handle.ts';
import { listMarks, listSaved, rows } from './list-marks.tsx';
import type { Moment } from './moments.ts';
import { StripGround } from './strip-ground.tsx';
import { Legend } from './strip-legend.tsx';
import { StripMarks } from './strip-marks.tsx';
import { type Span, toPixel } from './time-scale.ts';
import { useSeen } from './use-seen.ts';
import { halfHandlePx, useStripPointer } from './use-strip-pointer.ts';

export type StripProps = {
  window: RestoreWindow;
  backups: readonly Backup[];
  moments: readonly Moment[];
  snaps: readonly Snap[];
  restorable: Span;
  whole: Span;
  nowMs: number;
  atMs: number;
  refusal: string | null;
  onChange(atMs: number): void;
};

const snapPx = 7;
const zoomBy = 2;

/** Time from left to right: what can be restored, what cannot, what happened; and the handle that stands at one moment of it. */
export function Strip({ window, backups, moments, snaps, restorable, whole, nowMs, atMs, refusal, onChange }: StripProps) {
  const strip = useSeen(whole);
  const { seen, widthPx } = strip;
  const handlePx = toPixel(seen, widthPx, atMs);
  const isInSight = handlePx >= 0 && handlePx <= widthPx;
  // Out of sight it waits at the edge, so that the Tab key finds it.
  const handleAt = Math.min(Math.max(handlePx, 8), Math.max(widthPx - 8, 8));
  const pointer = useStripPointer({
    seen: strip,
    handleAt,
    onPlace: (place) => onChange(snap(place, snaps, widthPx === 0 ? 0 : (snapPx / widthPx) * (seen.toMs - seen.fromMs))),
  });
  const saved = useMemo(() => listSaved(window, backups), [window, backups]);
  const choose = (place: number) => {
    onChange(place);
    strip.reveal(place);
  };
  const pressed = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const place = stepByKey(event, atMs, restorable);
    if (place !== null) choose(place);
    else if (event.key === '+' || event.key === '=') strip.zoom(1 / zoomBy, atMs);
    else if (event.key === '-') strip.zoom(zoomBy, atMs);
    else if (event.key === '0') strip.showWhole();
    else return;
    event.preventDefault();
  };
  const marks = listMarks({ window, saved, moments, seen, widthPx, nowMs }, choose);
  const shown = strip.isWhole ? 'All of it is shown.' : null;
  return (
    <div className="min-w-0">
      <div
        ref={strip.element}
        className="relative cursor-grab touch-pan-y select-none overflow-hidden active:cursor-grabbing"
        style={{ height: rows.height }}
        {...pointer}
      >
        {widthPx > 0 && (
          <>
            <StripGround window={window} seen={seen} widthPx={widthPx} nowMs={nowMs} />
            <StripMarks label="Gaps, events and backups" marks={marks} />
            <span
              aria-hidden
              className="pointer-events-none absolute top-0 w-px bg-accent"
              style={{ left: handlePx, height: rows.axis, display: isInSight ? undefined : 'none' }}
            />
          </>
        )}
        <div
          role="slider"
          tabIndex={0}
          aria-label="Moment to restore to"
          aria-orientation="horizontal"
          aria-valuemin={restorable.fromMs}
          aria-valuemax={restorable.toMs}
          aria-valuenow={Math.min(Math.max(atMs, restorable.fromMs), restorable.toMs)}
          aria-valuetext={`${formatExact(atMs)}${refusal === null ? '' : `. ${refusal}`}`}
          onKeyDown={pressed}
          className="absolute flex w-6 touch-none items-center justify-center"
          style={{
            left: handleAt - halfHandlePx,
            top: rows.band - 3,
            height: rows.bandHeight + 6,
            opacity: isInSight ? 1 : 0.45,
          }}
        >
          <span className="h-full w-2.5 cursor-ew-resize rounded border-2 border-panel bg-accent" />
        </div>
      </div>
      <div className="mt-2 flex flex-wrap items-start gap-1">
        <Legend hasGaps={window.gaps.length > 0} kinds={saved.map(({ kind }) => kind)} tones={moments.map(({ tone }) => tone)} />
        <Button
          size="sm"
          look="quiet"
          icon={Plus}
          label="Zoom in"
          refusal={undefined}
          onClick={() => strip.zoom(1 / zoomBy, middleOf(seen, atMs))}
        />
        <Button
          size="sm"
          look="quiet"
          icon={Minus}
          label="Zoom out"
          refusal={shown}
          onClick={() => strip.zoom(zoomBy, middleOf(seen, atMs))}
        />
        <Button size="sm" look="quiet" icon={UnfoldHorizontal} label="Show all" refusal={shown} onClick={strip.showWhole} />
      </div>
    </div>
  );
}

/** Buttons zoom about the handle while it is in sight. */
function middleOf(seen: Span, atMs: number): number {
  return atMs >= seen.fromMs && atMs <= seen.toMs ? atMs : (seen.fromMs + seen.toMs) / 2;
}
