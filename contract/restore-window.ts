import type { ArchiveLoss } from './archived-pieces.ts';
import { writeMoment } from './moment-text.ts';
import type { ArchiveTrouble, RestorePlan, RestoreWindow } from './resources/restore-window.ts';

/** One contiguous run of archived pieces, as the control plane remembers it. A gap is what lies between two. */
export type ArchiveSpan = {
  id: string;
  fromMs: number;
  /** Everything committed before this is stored. */
  toMs: number;
  /** Null while it grows. */
  endedAtMs: number | null;
  endReason: string | null;
  /** All that was ever stored of it, and what of that was deleted again. */
  storedBytes: number;
  deletedBytes: number;
  /** Seen to be missing in the storage; in order. */
  losses: readonly ArchiveLoss[];
  marks: readonly { atMs: number; storedBytes: number }[];
};

export type ArchiveRecord = {
  instanceId: string;
  isSupported: boolean;
  /** Milliseconds between the moments its log tells apart. */
  grainMs: number;
  archive: {
    wanted: boolean;
    state: 'on' | 'behind' | 'broken' | null;
    error: ArchiveTrouble | null;
    keptBytes: number | null;
    keptLimitBytes: number | null;
  } | null;
  /** Oldest first. */
  spans: readonly ArchiveSpan[];
  /** Completed ones, oldest first. */
  backups: readonly {
    id: string;
    parentId: string | null;
    name: string;
    kind: 'full' | 'incremental';
    startedAtMs: number;
    endedAtMs: number;
    sizeBytes: number;
    sourceBytes: number;
  }[];
};

/** Later than this, an archive is said to be behind. */
export const lateMs = 30_000;
/** The archive reaches the end of a backup some seconds after it: so long, nobody is told to make another. */
const settlingMs = 10_000;

/** A window begins where the first backup inside a span ends, and ends where the span does. One that adds to others counts with all of them. */
export function toRestoreWindow(facts: ArchiveRecord, nowMs: number): RestoreWindow {
  const { archive, spans, grainMs } = facts;
  const isBase = (span: ArchiveSpan, backup: Saved) =>
    backup.startedAtMs >= span.fromMs && backup.endedAtMs <= span.toMs && listChain(facts.backups, backup) !== null;
  const parts = spans.flatMap(splitAtLosses);
  const found = parts.flatMap((span) => {
    const first = facts.backups.find((backup) => isBase(span, backup));
    if (first === undefined) return [];
    const [fromMs, toMs] = [ceilTo(first.endedAtMs, grainMs), floorTo(span.toMs, grainMs)];
    return fromMs <= toMs ? [{ span, fromMs, toMs }] : [];
  });
  const windows = found.map(({ span, fromMs, toMs }) => ({
    fromMs,
    toMs,
    isOpen: span.endedAtMs === null,
    curve: thin(toCurve(span)),
  }));
  const gaps = found.flatMap(({ span, toMs: fromMs }, index) => {
    if (span.endedAtMs === null) return [];
    const toMs = windows[index + 1]?.fromMs ?? null;
    return [{ fromMs, toMs, reason: span.endReason ?? 'Archiving was turned off.' }];
  });
  const newest = spans.at(-1);
  const archivedToMs = newest?.toMs ?? null;
  const isOn = archive?.wanted === true;
  const isGrowing = isOn && newest !== undefined && newest.endedAtMs === null;
  const lagMs = isGrowing ? Math.max(0, nowMs - newest.toMs) : null;
  const error = !isOn
    ? null
    : (archive.error ?? describeTrouble(facts, nowMs, lagMs, windows.length > 0 && windows.at(-1)?.isOpen === true));
  return {
    instanceId: facts.instanceId,
    wanted: archive === null ? 'with-first-backup' : archive.wanted ? 'on' : 'off',
    archiving: toState(facts, lagMs),
    grainMs,
    windows,
    gaps,
    archivedToMs,
    lagMs,
    keptBytes: isOn ? archive.keptBytes : null,
    keptLimitBytes: isOn ? archive.keptLimitBytes : null,
    storedBytes: spans.reduce((sum, span) => sum + span.storedBytes - span.deletedBytes, 0),
    error,
    backups: facts.backups.map((backup) => {
      const { id, name, kind, endedAtMs, sizeBytes } = backup;
      const chain = listChain(facts.backups, backup) ?? [backup];
      return {
        ...{ id, name, kind, endedAtMs, sizeBytes },
        fetchBytes: chain.reduce((sum, one) => sum + one.sizeBytes, 0),
        unpackBytes: chain.reduce((sum, one) => sum + one.sourceBytes, 0),
        isBase: parts.some((span) => isBase(span, backup)),
      };
    }),
  };
}

type Saved = ArchiveRecord['backups'][number];
type Part = ArchiveSpan & { wholeToMs: number };

const lostReason = 'Pieces of it that were stored are no longer in the storage.';

/** What lies between losses is each as good as a span of its own. */
function splitAtLosses(span: ArchiveSpan): Part[] {
  const parts: Part[] = [];
  let fromMs: number | null = span.fromMs;
  for (const loss of span.losses) {
    if (fromMs !== null) {
      const toMs = Math.min(span.toMs, loss.fromMs ?? fromMs);
      parts.push({ ...span, wholeToMs: span.toMs, fromMs, toMs, endedAtMs: toMs, endReason: lostReason });
    }
    fromMs = loss.toMs;
  }
  return fromMs === null ? parts : [...parts, { ...span, wholeToMs: span.toMs, fromMs: Math.max(fromMs, span.fromMs) }];
}

/** The backup and those it adds to; null where one of them is gone. */
function listChain(backups: readonly Saved[], backup: Saved): Saved[] | null {
  if (backup.parentId === null) return [backup];
  const parent = backups.find(({ id }) => id === backup.parentId);
  const chain = parent === undefined || parent.endedAtMs > backup.startedAtMs ? null : listChain(backups, parent);
  return chain && [...chain, backup];
}

function toState({ isSupported, archive }: ArchiveRecord, lagMs: number | null): RestoreWindow['archiving'] {
  if (!isSupported) return 'unsupported';
  if (archive === null || !archive.wanted) return 'off';
  if (archive.state === 'broken') return 'broken';
  return archive.state === 'on' && lagMs !== null && lagMs <= lateMs ? 'on' : 'behind';
}

function describeTrouble(
  { archive, spans, backups }: ArchiveRecord,
  nowMs: number,
  lagMs: number | null,
  hasBase: boolean,
): ArchiveTrouble | null {
  if (archive?.state === null)
    return { sentence: 'The agent has not begun to archive yet.', next: 'It begins as soon as the agent is heard.' };
  if (lagMs !== null && lagMs > lateMs)
    return {
      sentence: 'Nothing new has been archived for a while.',
      next: 'See whether the instance runs and its agent is heard.',
    };
  const isSettling = [...spans.slice(-1).map(({ fromMs }) => fromMs), ...backups.map(({ endedAtMs }) => endedAtMs)].some(
    (atMs) => nowMs - atMs < settlingMs,
  );
  if (!hasBase && !isSettling)
    return {
      sentence: 'No full backup lies in what is archived now.',
      next: 'Create a full backup: from its end on, any moment can be restored.',
    };
  return null;
}

type Refused = { field: 'from.atMs' | 'from.instanceId'; reason: string };

/** The moment that one asked for counts as. */
export function toWholeMoment({ grainMs }: Pick<RestoreWindow, 'grainMs'>, atMs: number): number {
  return floorTo(atMs, grainMs);
}

/** Why a moment cannot be restored to, by name of the rule; null when it can. */
export function refusePoint(window: RestoreWindow, askedMs: number): Refused | null {
  const atMs = toWholeMoment(window, askedMs);
  const refuse = (reason: string): Refused => ({ field: 'from.atMs', reason });
  const { windows, gaps } = window;
  const [first] = windows;
  const last = windows.at(-1);
  if (first === undefined || last === undefined) {
    const why =
      window.archiving === 'unsupported'
        ? 'Its datastore cannot be restored to a point in time here yet.'
        : 'No full backup lies in an archive of it.';
    return { field: 'from.instanceId', reason: `The instance cannot be restored to a point in time. ${why}` };
  }
  if (windows.some(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs)) return null;
  if (atMs < first.fromMs)
    return refuse(
      `${writeMoment(atMs)} is before the first moment that can be restored, ${writeMoment(first.fromMs)}, the end of its oldest kept backup.`,
    );
  const gap = gaps.find(({ fromMs, toMs }) => atMs > fromMs && toMs !== null && atMs < toMs);
  if (gap !== undefined)
    return refuse(
      `${writeMoment(atMs)} lies in a gap of the archive. ${gap.reason} Choose a moment up to ${writeMoment(gap.fromMs)} or from ${writeMoment(gap.toMs ?? gap.fromMs)} on.`,
    );
  const end = gaps.find(({ fromMs, toMs }) => fromMs === last.toMs && toMs === null);
  return refuse(
    `${writeMoment(atMs)} is after the last moment that can be restored, ${writeMoment(last.toMs)}.${end === undefined ? '' : ` ${end.reason}`}`,
  );
}

const bytesPerMs = { slow: 60_000, fast: 250_000 };
/** Making and starting a guest, recovery's own start and end. */
const fixedMs = { low: 4000, high: 15_000 };
/** Packed pieces are replayed at several times their size. */
const packing = 4;

/** The newest base that ends before the moment, or the one named, and what lies between; null where the moment cannot be restored. */
export function planRestorePoint(window: RestoreWindow, askedMs: number, baseId?: string): RestorePlan | null {
  const atMs = toWholeMoment(window, askedMs);
  const inside = window.windows.find(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs);
  if (inside === undefined) return null;
  const base = window.backups
    .filter((backup) => baseId === undefined || backup.id === baseId)
    .filter((backup) => backup.isBase && ceilTo(backup.endedAtMs, window.grainMs) >= inside.fromMs && backup.endedAtMs <= atMs)
    .toSorted((one, other) => other.endedAtMs - one.endedAtMs)[0];
  if (base === undefined) return null;
  const archiveBytes = Math.max(0, Math.round(read(inside.curve, atMs) - read(inside.curve, base.endedAtMs)));
  const work = base.unpackBytes + archiveBytes * packing;
  return {
    backupId: base.id,
    backupName: base.name,
    backupEndedAtMs: base.endedAtMs,
    baseBytes: base.fetchBytes,
    archiveBytes,
    volumeBytes: work,
    lowMs: Math.round(fixedMs.low + work / bytesPerMs.fast),
    highMs: Math.round(fixedMs.high + work / bytesPerMs.slow),
  };
}

type Curve = RestoreWindow['windows'][number]['curve'];

/** A span whose oldest pieces are gone begins later than its marks do, and one that lost some ends earlier. */
function toCurve({ fromMs, toMs, wholeToMs, storedBytes, marks }: Part): Curve {
  const beganMs = Math.min(fromMs, marks[0]?.atMs ?? fromMs);
  const line = [{ atMs: beganMs, storedBytes: 0 }, ...marks, { atMs: wholeToMs, storedBytes }];
  const inside = line.filter(({ atMs }) => fromMs < atMs && atMs < toMs);
  return [{ atMs: fromMs, storedBytes: read(line, fromMs) }, ...inside, { atMs: toMs, storedBytes: read(line, toMs) }];
}

/** The line between the points. */
function read(curve: Curve, atMs: number): number {
  const after = curve.findIndex((point) => point.atMs >= atMs);
  const next = curve[after];
  const before = curve[after - 1];
  if (next === undefined) return curve.at(-1)?.storedBytes ?? 0;
  if (before === undefined || next.atMs === before.atMs) return next.storedBytes;
  return before.storedBytes + ((atMs - before.atMs) / (next.atMs - before.atMs)) * (next.storedBytes - before.storedBytes);
}

const mostPoints = 200;

function thin(curve: Curve): Curve {
  if (curve.length <= mostPoints) return curve;
  const every = (curve.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, index) => curve[Math.round(index * every)]).flatMap((point) => point ?? []);
}

function floorTo(atMs: number, grainMs: number): number {
  return Math.floor(atMs / grainMs) * grainMs;
}

function ceilTo(atMs: number, grainMs: number): number {
  return Math.ceil(atMs / grainMs) * grainMs;
}
