import type { ReactNode } from 'react';

/** A shape and what it means. */
export function LegendEntry({ shape, children }: { shape: ReactNode; children: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden className="inline-flex">
        {shape}
      </span>
      {children}
    </span>
  );
}
