import type { ReactNode } from 'react';
import { formatBytes, formatExact } from '#client/format.ts';
import { clusterMoments } from '#components/charts/cluster-moments.ts';
import { Mark } from '#components/ui/status-mark.tsx';
import type { Backup } from '#contract/resources/backup.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';
import { BackupShape, type ShownKind } from './backup-shape.tsx';
import { beforeMs, type Moment } from './moments.ts';
import type { StripMark } from './strip-marks.tsx';
import { type Span, toPixel } from './time-scale.ts';

export const rows = { events: 0, band: 28, bandHeight: 44, backups: 74, axis: 102, height: 124 } as const;
const hatched =
  'rounded-none! border-attention border-x bg-[repeating-linear-gradient(135deg,var(--state-attention)_0_1.5px,var(--state-attention-soft)_1.5px_7px)]';
/** Closer marks than this become one that counts them. */
const apartPx = 24;
const edgePx = 16;

type Parts = { window: RestoreWindow; saved: readonly Saved[]; moments: readonly Moment[]; seen: Span; widthPx: number; nowMs: number };

/** Everything on the strip that can be pointed at, as far as it is seen. */
export function listMarks({ window, saved, moments, seen, widthPx, nowMs }: Parts, choose: (atMs: number) => void): StripMark[] {
  if (widthPx === 0) return [];
  const isSeen = (atMs: number) => atMs >= seen.fromMs && atMs <= seen.toMs;
  const withinMs = (apartPx / widthPx) * (seen.toMs - seen.fromMs);
  const happened = clusterMoments(
    moments.filter(({ atMs }) => isSeen(atMs)),
    ({ atMs }) => atMs,
    withinMs,
  );
  return [
    ...window.gaps.filter((gap) => gap.fromMs < seen.toMs && (gap.toMs ?? nowMs) > seen.fromMs).map(toGap),
    ...happened.flatMap(toEvents),
    ...clusterMoments(
      saved.filter(({ atMs }) => isSeen(atMs)),
      ({ atMs }) => atMs,
      withinMs,
    ).flatMap(toBackups),
  ].sort((one, other) => one.leftPx - other.leftPx);

  function toGap(gap: RestoreWindow['gaps'][number]): StripMark {
    const left = Math.max(0, toPixel(seen, widthPx, gap.fromMs));
    const right = Math.min(widthPx, toPixel(seen, widthPx, gap.toMs ?? nowMs));
    const until = gap.toMs === null ? 'on' : `to ${formatExact(gap.toMs)}`;
    const words = `Gap from ${formatExact(gap.fromMs)} ${until}. ${gap.reason}`;
    return {
      id: `gap ${gap.fromMs}`,
      leftPx: left,
      widthPx: Math.max(right - left, 6),
      top: rows.band,
      height: rows.bandHeight,
      label: `${words} Choose the last moment before it.`,
      tooltip: words,
      className: hatched,
      choose: () => choose(Math.floor(gap.fromMs)),
    };
  }

  function toEvents(cluster: readonly Moment[]): StripMark[] {
    const [first] = cluster;
    const worst = cluster.find(({ tone }) => tone === 'broken') ?? cluster.find(({ tone }) => tone === 'attention') ?? first;
    if (first === undefined || worst === undefined) return [];
    return [
      {
        id: `event ${first.id}`,
        // Whole at the edges, too, where the strip cuts off what is beyond it.
        leftPx: Math.max(edgePx, Math.min(widthPx - edgePx, toPixel(seen, widthPx, first.atMs))),
        top: rows.events,
        height: 24,
        label: `${cluster.length > 1 ? `${cluster.length} events, the first: ` : ''}${first.words}. Choose the second before.`,
        tooltip: <Lines items={cluster} toWords={({ words }) => words} end="Click: just before it" />,
        className: 'hover:bg-hover',
        drawing: <Counted count={cluster.length} shape={<Mark tone={worst.tone} size={10} />} />,
        choose: () => choose(first.atMs - beforeMs),
      },
    ];
  }

  function toBackups(cluster: readonly Saved[]): StripMark[] {
    const [first] = cluster;
    if (first === undefined) return [];
    const kind = cluster.find((saved) => saved.kind === 'base')?.kind ?? cluster.find((saved) => saved.kind === 'full')?.kind ?? first.kind;
    return [
      {
        id: `backup ${first.id}`,
        leftPx: toPixel(seen, widthPx, first.atMs),
        top: rows.backups,
        height: 24,
        label: `${cluster.length > 1 ? `${cluster.length} backups, the first: ` : ''}${nameSaved(first)}. Choose its end.`,
        tooltip: <Lines items={cluster} toWords={nameSaved} end="Click: its end" />,
        className: 'hover:bg-hover',
        drawing: <Counted count={cluster.length} shape={<BackupShape kind={kind} />} />,
        choose: () => choose(Math.ceil(first.atMs)),
      },
    ];
  }
}

export type Saved = { id: string; atMs: number; kind: ShownKind; isBase: boolean; name: string; sizeBytes: number | null };

const kindWords = { base: 'full backup', full: 'full backup, outside the archive', increment: 'incremental backup' };

function nameSaved({ name, kind, isBase, sizeBytes }: Saved): string {
  return `${name}: ${kindWords[kind]}${isBase ? ', a base for moments after it' : ''}${sizeBytes === null ? '' : `, ${formatBytes(sizeBytes)}`}`;
}

/** Completed backups by their end: full ones that a restore to a point can start from, other full ones, and increments. */
export function listSaved(window: RestoreWindow, backups: readonly Backup[]): Saved[] {
  const known = new Set(window.backups.map(({ id }) => id));
  return [
    ...window.backups.map(({ id, name, kind, isBase, endedAtMs, sizeBytes }): Saved => {
      return { id, atMs: endedAtMs, kind: kind === 'incremental' ? 'increment' : isBase ? 'base' : 'full', isBase, name, sizeBytes };
    }),
    ...backups.flatMap(({ id, name, kind, state, endedAt, sizeBytes }): Saved[] =>
      kind === 'incremental' && state === 'COMPLETED' && endedAt !== null && !known.has(id)
        ? [{ id, atMs: Date.parse(endedAt), kind: 'increment', isBase: false, name, sizeBytes }]
        : [],
    ),
  ];
}

function Counted({ count, shape }: { count: number; shape: ReactNode }) {
  return (
    <span aria-hidden className="flex items-center gap-0.5">
      {shape}
      {count > 1 && <span className="num text-12 text-muted">{count > 99 ? '99+' : count}</span>}
    </span>
  );
}

type LinesProps<T> = { items: readonly T[]; toWords(item: T): string; end: string };

function Lines<T extends { id: string }>({ items, toWords, end }: LinesProps<T>) {
  return (
    <span className="grid gap-1">
      {items.slice(0, 5).map((item) => (
        <span key={item.id}>{toWords(item)}</span>
      ))}
      {items.length > 5 && <span className="text-faint">and {items.length - 5} more</span>}
      <span className="text-faint">{end}</span>
    </span>
  );
}
