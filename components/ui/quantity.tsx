import { formatBytes, formatDuration } from '#client/format.ts';

export function Bytes({ of }: { of: number | null }) {
  return of === null ? <Nothing /> : <span className="num whitespace-nowrap">{formatBytes(of)}</span>;
}

export function Duration({ ms }: { ms: number | null }) {
  return ms === null ? <Nothing /> : <span className="num whitespace-nowrap">{formatDuration(ms)}</span>;
}

/** What stands in a cell where there is no value. */
export function Nothing() {
  return (
    <span className="text-faint">
      <span aria-hidden>–</span>
      <span className="sr-only">none</span>
    </span>
  );
}
