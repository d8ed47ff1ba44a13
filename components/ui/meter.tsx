import { clsx } from 'clsx';
import type { Tone } from '#contract/health.ts';

const fills: Record<Tone | 'accent', string> = {
  accent: 'bg-accent',
  healthy: 'bg-healthy',
  working: 'bg-working',
  attention: 'bg-attention',
  broken: 'bg-broken',
  stopped: 'bg-stopped',
  unknown: 'bg-unknown',
};

/** A bar from 0 to 1. `progress` for something under way, else how full something is. */
export function Meter({
  ratio,
  label,
  tone = 'accent',
  progress,
  className,
}: {
  ratio: number;
  label: string;
  tone?: Tone | 'accent';
  progress?: boolean;
  className?: string;
}) {
  const percent = Math.round(Math.min(1, Math.max(0, ratio)) * 100);
  const aria = {
    role: progress ? 'progressbar' : 'meter',
    'aria-label': label,
    'aria-valuenow': percent,
    'aria-valuemin': 0,
    'aria-valuemax': 100,
  };
  return (
    <div {...aria} className={clsx('h-1.5 overflow-hidden rounded-full bg-hover', className)}>
      <div
        className={clsx('h-full rounded-full transition-[width] duration-[180ms] ease-out', fills[tone])}
        style={{ width: `${percent}%` }}
      />
    </div>
  );
}
