import { useNow } from '#client/browser.ts';
import { formatAge } from '#client/format.ts';
import { ExactTime } from '#components/ui/relative-time.tsx';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';

/** "Restorable from … to … (18 s ago)", ticking. */
export function WindowLine({ window }: { window: RestoreWindow }) {
  const nowMs = useNow(1000);
  const [first] = window.windows;
  const last = window.windows.at(-1);
  if (first === undefined || last === undefined) return null;
  const closed = window.gaps.filter(({ toMs }) => toMs !== null).length;
  return (
    <span data-restorable>
      Restorable from <ExactTime at={first.fromMs} className="whitespace-nowrap" /> to{' '}
      <ExactTime at={last.toMs} className="whitespace-nowrap" />{' '}
      {nowMs > 0 && <span className="num whitespace-nowrap">({formatAge(Math.max(0, nowMs - last.toMs))} ago)</span>}
      {closed > 0 && `, with ${closed === 1 ? 'a gap' : `${closed} gaps`}`}
    </span>
  );
}
