import { clsx } from 'clsx';

/** A grey place of the final size of what is coming. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={clsx('block animate-breathe rounded bg-hover', className)} />;
}

export function SkeletonRows({ rows, label }: { rows: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="divide-y divide-line">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey rows have no identity
        <div key={row} className="flex h-11 items-center gap-4 px-4 compact:h-9">
          <Skeleton className="size-3" />
          <Skeleton className={clsx('h-3', widths[row % widths.length])} />
          <Skeleton className="ml-auto h-3 w-24" />
          <Skeleton className="hidden h-3 w-16 sm:block" />
        </div>
      ))}
    </div>
  );
}

const widths = ['w-40', 'w-28', 'w-48', 'w-32', 'w-36'];
