import { clsx } from 'clsx';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { Tooltip } from '#components/ui/tooltip.tsx';

/** Something on the strip that can be pointed at: what it says, and where the handle goes when it is chosen. */
export type StripMark = {
  id: string;
  leftPx: number;
  /** Of a stretch; a point has none. */
  widthPx?: number;
  top: number;
  height: number;
  label: string;
  tooltip: ReactNode;
  className?: string;
  drawing?: ReactNode;
  choose(): void;
};

/** Marks in order of time. One stop for the Tab key: arrows go from one to the next. */
export function StripMarks({ label, marks }: { label: string; marks: readonly StripMark[] }) {
  const [focused, setFocused] = useState<string | null>(null);
  const current = marks.some(({ id }) => id === focused) ? focused : marks[0]?.id;
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const to = { ArrowLeft: -1, ArrowRight: 1, Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[Math.min(Math.max(at + to, 0), buttons.length - 1)]?.focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be of a form
    <div role="group" aria-label={label} onKeyDown={move}>
      {marks.map((mark) => (
        <Tooltip key={mark.id} text={mark.tooltip} side="bottom">
          <button
            type="button"
            aria-label={mark.label}
            tabIndex={mark.id === current ? 0 : -1}
            onFocus={() => setFocused(mark.id)}
            onClick={mark.choose}
            className={clsx('absolute flex items-center justify-center rounded', mark.className)}
            style={{
              left: mark.widthPx === undefined ? mark.leftPx - 12 : mark.leftPx,
              width: mark.widthPx ?? 24,
              top: mark.top,
              height: mark.height,
            }}
          >
            {mark.drawing}
          </button>
        </Tooltip>
      ))}
    </div>
  );
}
