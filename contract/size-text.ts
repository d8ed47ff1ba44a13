const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** 3.1 GB: two significant places below ten, none above; 1024 to a step, as engines count. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let step = 0;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1024;
    step += 1;
  }
  return `${bytes < 0 ? '−' : ''}${formatNumber(value, step === 0 ? 0 : undefined)} ${units[step]}`;
}

/** 1 234, 12.3, 0.42: as many places as the size can bear. */
export function formatNumber(value: number, places?: number): string {
  const size = Math.abs(value);
  const digits = places ?? (size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 1 : 2);
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits, minimumFractionDigits: 0, useGrouping: true });
}

/** Why there is no room, as an error's detail. */
export function sayRoom({ neededBytes, freeBytes }: { neededBytes: number; freeBytes: number }): string {
  return `${formatBytes(neededBytes)} are needed, ${formatBytes(freeBytes)} are free.`;
}
