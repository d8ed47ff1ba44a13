export { formatBytes, formatNumber } from '#contract/size-text.ts';

/** 12 ms, 0.4 s, 48 s, 2 m 14 s, 3 h 5 m, 4 d 2 h. */
export function formatDuration(ms: number): string {
  if (ms > 0 && ms < 100) return `${Math.round(ms)} ms`;
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} m`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** One unit only, for ages in columns: 0.3 s, 41 min, 2 h, 3 d. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** 0.962 becomes 96 %. */
export function formatRatio(ratio: number): string {
  return `${ratio >= 0.995 && ratio < 1 ? (Math.floor(ratio * 1000) / 10).toFixed(1) : Math.round(ratio * 100)} %`;
}

/** 2026-11-23 07:14:05, in the zone the reader has, which `zoneName` names. */
export function formatDateTime(at: string | number): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function formatTime(at: string | number): string {
  return formatDateTime(at).slice(11);
}

/** "2026-11-23 07:14:05 UTC+1": leaves nothing to guess. */
export function formatExact(at: string | number): string {
  return `${formatDateTime(at)} ${zoneName(at)}`;
}

/** "UTC+1", for the words beside a time. */
export function zoneName(at: string | number = Date.now()): string {
  const minutes = -new Date(at).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`}`;
}
