import { Skeleton } from '#components/ui/skeleton.tsx';

const widths = [62, 48, 80, 35, 71, 55, 90, 42, 66, 58, 77, 38];

/** Grey lines where the log will be. */
export function LogSkeleton({ bare }: { bare?: boolean }) {
  return (
    <div
      role="status"
      aria-label="Reading the log"
      className={
        bare ? 'grow overflow-hidden p-3' : 'h-[calc(100dvh-230px)] min-h-100 overflow-hidden rounded-panel border border-line bg-panel p-3'
      }
    >
      {widths.map((width) => (
        <div key={width} className="flex h-5 items-center gap-3">
          <Skeleton className="h-2.5 w-22" />
          <Skeleton className="h-2.5 w-14" />
          <span className="grow">
            <span style={{ width: `${width}%` }} className="block">
              <Skeleton className="h-2.5" />
            </span>
          </span>
        </div>
      ))}
    </div>
  );
}
