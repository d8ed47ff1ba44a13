import { Skeleton } from '#components/ui/skeleton.tsx';

/** The page at its final size while the instance is on its way. */
export function InstanceSkeleton() {
  return (
    <div role="status" aria-label="Opening the instance" className="grid grid-cols-1 gap-4">
      <div className="flex h-8 items-center gap-4">
        <Skeleton className="h-5 w-40" />
        <Skeleton className="h-3 w-20" />
        <Skeleton className="h-3 w-28" />
        <Skeleton className="ml-auto h-8 w-24" />
      </div>
      <div className="flex h-9 gap-6 border-line border-b pt-2">
        {['w-16', 'w-18', 'w-12', 'w-10', 'w-16'].map((width, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: grey places have no identity
          <Skeleton key={place} className={`h-3 ${width}`} />
        ))}
      </div>
      <div className="grid gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(320px,1fr)]">
        <div className="h-[528px] rounded-panel border border-line bg-panel" />
        <div className="grid content-start gap-4">
          <div className="h-60 rounded-panel border border-line bg-panel" />
          <div className="h-72 rounded-panel border border-line bg-panel" />
        </div>
      </div>
    </div>
  );
}
