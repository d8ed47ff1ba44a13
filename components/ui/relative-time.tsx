import { useNow } from '#client/browser.ts';
import { formatAge, formatDateTime, zoneName } from '#client/format.ts';

/** "41 min ago", ticking; the exact time with its zone and the ISO form on hover. `bare` leaves out "ago". */
export function RelativeTime({ at, bare, className }: { at: string; bare?: boolean; className?: string }) {
  const ms = Date.parse(at);
  const now = useNow(1000);
  const age = now - ms;
  const words =
    now === 0
      ? formatDateTime(at)
      : Math.abs(age) < 1000
        ? 'now'
        : age < 0
          ? `in ${formatAge(-age)}`
          : bare
            ? formatAge(age)
            : `${formatAge(age)} ago`;
  return (
    <time dateTime={at} title={`${formatDateTime(at)} ${zoneName(ms)}\n${at}`} className={className} suppressHydrationWarning>
      {words}
    </time>
  );
}

/** The exact time in the reader's zone, which stands beside it; the ISO form on hover. */
export function ExactTime({ at, className }: { at: string | number; className?: string }) {
  const iso = new Date(at).toISOString();
  return (
    <time dateTime={iso} title={iso} className={className}>
      <span className="num">{formatDateTime(at)}</span> <span className="text-12 text-faint">{zoneName(at)}</span>
    </time>
  );
}
