'use client';
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react';
import { useBrowser, useNow } from '#client/browser.ts';
import { seenAtMs } from '#client/health.ts';
import { useRow } from '#client/pulses.ts';
import { Mark } from '#components/ui/status-mark.tsx';
import { isSilent, type Tone } from '#contract/health.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { describeLag, edgeWidth } from './describe-lag.ts';

export type MapEdgeType = Edge<{ replica: Instance }, 'lag'>;

const strokes: Record<Tone, string> = {
  healthy: 'var(--state-healthy)',
  working: 'var(--state-working)',
  attention: 'var(--state-attention)',
  broken: 'var(--state-broken)',
  stopped: 'var(--state-stopped)',
  unknown: 'var(--state-unknown)',
};

/** From source to replica: colour, width and number say how far behind; dashed is not flowing. */
export function MapEdge({ id, data, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition }: EdgeProps<MapEdgeType>) {
  const [path] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  if (data === undefined) return null;
  return <Drawn id={id} replica={data.replica} path={path} {...labelPlace(sourceX, sourceY, targetX, targetY)} />;
}

function Drawn({ id, replica, path, x, y }: { id: string; replica: Instance; path: string; x: number; y: number }) {
  const lag = useLag(replica);
  const flows = lag.tone === 'healthy' || lag.tone === 'attention';
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        style={{ stroke: strokes[lag.tone], strokeWidth: edgeWidth(lag.bytes), ...(flows ? {} : { strokeDasharray: '4 4' }) }}
      />
      <EdgeLabelRenderer>
        <span
          className="num pointer-events-none absolute flex items-center gap-1.5 whitespace-nowrap rounded border border-line bg-page px-1.5 text-12 text-muted"
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
        >
          {lag.tone !== 'healthy' && <Mark tone={lag.tone} size={10} />}
          {lag.words}
        </span>
      </EdgeLabelRenderer>
    </>
  );
}

/** On the curve, nearer its end: there the edges of one source have parted. */
function labelPlace(sourceX: number, sourceY: number, targetX: number, targetY: number): { x: number; y: number } {
  const t = 0.64;
  const middle = (sourceX + targetX) / 2;
  const bend = (a: number, b: number, c: number, d: number) =>
    (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d;
  return { x: bend(sourceX, middle, middle, targetX), y: bend(sourceY, sourceY, targetY, targetY) };
}

/** The lag as it is this second; not known once the replica's agent is silent. */
export function useLag(replica: Instance) {
  const browser = useBrowser();
  useRow(browser.pulses, replica.id);
  const nowMs = useNow(1000);
  const heard = !isSilent({ agentSeenAtMs: seenAtMs(browser, replica), heartbeatIntervalMs: replica.heartbeatIntervalMs }, nowMs);
  return describeLag(replica, heard);
}
