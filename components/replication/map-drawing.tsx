'use client';
import { useSyncExternalStore } from 'react';
import { later } from '#components/ui/later.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import type { Instance } from '#contract/resources/instance.ts';

/** The drawing's code is a hundred kilobytes: it comes when a map is looked at. */
const MapCanvas = later(
  () => import('./map-canvas.tsx').then((module) => module.MapCanvas),
  <div role="status" aria-label="Drawing the map" className="flex h-full items-center justify-center gap-24">
    <Skeleton className="h-16 w-55 rounded-panel" />
    <span className="grid gap-5">
      <Skeleton className="h-16 w-55 rounded-panel" />
      <Skeleton className="h-16 w-55 rounded-panel" />
    </span>
  </div>,
);

/** The map as a picture, where there is room for one; screen readers, keyboards and phones are served by the list beside it. */
export function MapDrawing({
  instances,
  chosenId,
  height,
}: {
  instances: readonly Instance[];
  chosenId?: string;
  height: number | string;
}) {
  const roomy = useSyncExternalStore(
    watchWidth,
    () => window.innerWidth >= 640,
    () => true,
  );
  if (!roomy) return null;
  return (
    <Panel flush className="overflow-hidden">
      <div style={{ height }}>
        <MapCanvas instances={instances} chosenId={chosenId ?? null} />
      </div>
    </Panel>
  );
}

function watchWidth(listener: () => void): () => void {
  window.addEventListener('resize', listener);
  return () => window.removeEventListener('resize', listener);
}
