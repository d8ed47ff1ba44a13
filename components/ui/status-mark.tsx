import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { Tone } from '#contract/health.ts';

export const toneText: Record<Tone, string> = {
  healthy: 'text-healthy',
  working: 'text-working',
  attention: 'text-attention',
  broken: 'text-broken',
  stopped: 'text-stopped',
  unknown: 'text-unknown',
};

const shapes: Record<Tone, ReactNode> = {
  healthy: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  working: (
    <>
      <circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.75a4.25 4.25 0 0 1 0 8.5z" fill="currentColor" />
    </>
  ),
  attention: <path d="M6 1.2 11.2 10.6H.8z" fill="currentColor" stroke="currentColor" strokeWidth="0.8" strokeLinejoin="round" />,
  broken: <rect x="1.75" y="1.75" width="8.5" height="8.5" rx="1" fill="currentColor" />,
  stopped: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  unknown: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.1 2.1" />,
};

/** The shape of a state in its colour, without a word: only beside one, or with `label` for screen readers. */
export function Mark({ tone, label, size = 12, className }: { tone: Tone; label?: string; size?: number; className?: string }) {
  return (
    <svg
      // Another shape is another mark: what has turned stands askew.
      key={tone}
      width={size}
      height={size}
      viewBox="0 0 12 12"
      role={label === undefined ? 'presentation' : 'img'}
      aria-label={label}
      aria-hidden={label === undefined}
      data-tone={tone}
      className={clsx('shrink-0', toneText[tone], className)}
    >
      {shapes[tone]}
    </svg>
  );
}

/** Mark and word together: colour, shape and word, so that none carries the state alone. */
export function StatusMark({ tone, label, className }: { tone: Tone; label: string; className?: string }) {
  return (
    <span className={clsx('inline-flex min-w-0 items-baseline gap-2', className)}>
      <Mark tone={tone} className="translate-y-px" />
      <span className={clsx('truncate', tone === 'healthy' || tone === 'stopped' ? 'text-fg' : toneText[tone])}>{label}</span>
    </span>
  );
}
