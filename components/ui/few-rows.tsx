'use client';
import { useState } from 'react';
import { formatNumber } from '#client/format.ts';
import { Button } from './button.tsx';

const step = 100;

/** The first hundred of a long list, and how to see more: filtering finds what scrolling would not. */
export function useFewRows<T>(rows: readonly T[]): { shown: readonly T[]; rest: number; showMore(): void } {
  const [limit, setLimit] = useState(step);
  return {
    shown: rows.slice(0, limit),
    rest: Math.max(0, rows.length - limit),
    showMore: () => setLimit((old) => old + step),
  };
}

export function MoreRows({ rest, onMore }: { rest: number; onMore(): void }) {
  if (rest === 0) return null;
  return (
    <div className="flex items-center justify-center gap-3 border-line border-t py-2 text-12 text-muted">
      {formatNumber(rest)} more
      <Button size="sm" onClick={onMore}>
        Show {Math.min(rest, step)} more
      </Button>
    </div>
  );
}
