import type { ReactNode } from 'react';
import { formatBytes } from '#client/format.ts';
import { Field, Range } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';

const GiB = 1024 ** 3;
/** The slider's stops: doublings with one between each, 256 MB to 1 TB. Any number may be typed. */
const stops = [0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 50, 64, 100, 128, 200, 256, 400, 512, 768, 1024].map(
  (gigabytes) => gigabytes * GiB,
);

export type VolumeFieldProps = {
  label: ReactNode;
  bytes: number;
  onChange(bytes: number): void;
  now?: number | undefined;
  error?: ReactNode;
};

/** The size of a volume: a slider for the order of magnitude, a number for the exact size. */
export function VolumeField({ label, bytes, onChange, now, error }: VolumeFieldProps) {
  const stop = nearestStop(bytes);
  return (
    <Field
      label={label}
      error={error}
      {...(now === undefined ? {} : { hint: `Now ${formatBytes(now)}. A volume can only grow.` })}
      note="256 MB to 16 TB"
    >
      {(control) => (
        <div className="flex items-center gap-3">
          <Range
            aria-label="Volume, coarse"
            min={0}
            max={stops.length - 1}
            value={stop}
            aria-valuetext={formatBytes(bytes)}
            onChange={(event) => onChange(stops[Number(event.target.value)] ?? bytes)}
          />
          <Input
            {...control}
            mono
            type="number"
            min={0.25}
            step="any"
            className="w-24! text-right"
            value={round(bytes / GiB)}
            onChange={(event) => onChange(Math.round(Number(event.target.value) * GiB))}
          />
          <span className="text-muted">GB</span>
        </div>
      )}
    </Field>
  );
}

function nearestStop(bytes: number): number {
  let best = 0;
  for (const [index, stop] of stops.entries()) if (Math.abs(stop - bytes) < Math.abs((stops[best] ?? 0) - bytes)) best = index;
  return best;
}

function round(gigabytes: number): number {
  return Math.round(gigabytes * 100) / 100;
}
