import { useNow } from '#client/browser.ts';
import { formatAge, formatDateTime, formatExact, formatTime, zoneName } from '#client/format.ts';

type Relative = {
  /** Leaves out "ago". */
  bare?: boolean | undefined;
  /** It may be to come. Without this it has happened, and is at most "now": the page's clock is up to a second behind. */
  ahead?: boolean | undefined;
};

/** "41 min ago", ticking; the exact time with its zone and the ISO form on hover. */
export function RelativeTime({ at, bare, ahead, className }: Relative & { at: string; className?: string }) {
  const now = useNow(1000);
  const words = now === 0 ? formatDateTime(at) : sayAge(now - Date.parse(at), { bare, ahead });
  return (
    <time dateTime={at} title={`${formatExact(at)}\n${at}`} className={className} suppressHydrationWarning>
      {words}
    </time>
  );
}

export function sayAge(ageMs: number, { bare, ahead }: Relative = {}): string {
  if (ageMs <= -1000 && ahead) return `in ${formatAge(wholeDays(-ageMs))}`;
  if (ageMs < 1000) return 'now';
  return bare ? formatAge(ageMs) : `${formatAge(ageMs)} ago`;
}

/** What lasts 30 days lasts 30 days a minute later, too. */
function wholeDays(ms: number): number {
  return ms < 48 * 3_600_000 ? ms : Math.round(ms / 86_400_000) * 86_400_000;
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

/** "07:14:05" where the day goes without saying, `short` without its seconds; the exact time with its zone and the ISO form on hover. */
export function ClockTime({ at, short, className }: { at: string | number; short?: boolean; className?: string }) {
  const iso = new Date(at).toISOString();
  return (
    <time dateTime={iso} title={`${formatExact(at)}\n${iso}`} className={className ?? 'num'}>
      {formatTime(at).slice(0, short ? 5 : 8)}
    </time>
  );
}
