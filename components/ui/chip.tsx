import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { Tone } from '#contract/health.ts';

const tones = {
  plain: 'border-line text-muted',
  accent: 'border-transparent bg-accent-soft text-fg',
  healthy: 'border-transparent bg-healthy-soft text-healthy',
  working: 'border-transparent bg-working-soft text-working',
  attention: 'border-transparent bg-attention-soft text-attention',
  broken: 'border-transparent bg-broken-soft text-broken',
  stopped: 'border-transparent bg-stopped-soft text-stopped',
  unknown: 'border-transparent bg-unknown-soft text-unknown',
  replica: 'border-transparent bg-replica-soft text-replica',
} as const satisfies Record<Tone | 'plain' | 'accent' | 'replica', string>;

/** A word or two that qualify a thing: a role, a version, a badge. */
export function Chip({ tone = 'plain', children, className }: { tone?: keyof typeof tones; children: ReactNode; className?: string }) {
  return (
    <span className={clsx('inline-flex h-5 items-center gap-1 whitespace-nowrap rounded border px-1.5 text-12', tones[tone], className)}>
      {children}
    </span>
  );
}
