import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { toPieceKey } from '#contract/archived-pieces.ts';
import { GuestboardError, toFault } from '#contract/errors.ts';
import type { Answers, CommandInput } from '#contract/guest/commands.ts';
import type { ArchiveFacts } from '#contract/guest/facts.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import type { ArchiveSpanReport, ReportBody } from '#contract/guest/reports.ts';
import { openStorage } from '#drivers/storage/index.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import type { EngineEvent } from '../engine.ts';
import type { ArchiveFile } from './archive-file.ts';
import { createLogBuffer, type LogPiece } from './log-buffer.ts';
import { storeLabel, storePiece, toSpanFolder } from './pieces.ts';
import { type ArchiveSource, type LogLook, LogLost, type LogStream } from './source.ts';
import { createLimitWarning, describeTrouble, isEngineAway, isNearlyFullDisk, pauseMs, toArchiveFacts } from './trouble.ts';
import { createStorageWatch } from './watch-storage.ts';

export type WantedArchive = NonNullable<CommandInput<'archive.configure'>['archive']>;
export type Archiver = {
  answers: Answers<'archive'>;
  /** Undefined while there is no archive. */
  facts(): ArchiveFacts | undefined;
  /** All there is to say of it. */
  summarise(): Extract<ReportBody, { type: 'archive' }> | null;
  close(): Promise<void>;
};

/** Everything committed before the one lies before the other. */
type Probe = { atMs: number; position: string };
type ReachingPiece = LogPiece & { reachMs: number };

type ArchiverOptions = {
  source: ArchiveSource;
  identity: Pick<GuestIdentity, 'instanceId' | 'projectId' | 'datastore' | 'version' | 'backupFolder'>;
  file: ArchiveFile;
  now(): number;
  event(event: EngineEvent): void;
  /** Something a person sees has changed. */
  changed(): void;
  log(sentence: string): void;
  pieceBytes?: number;
  cutAfterMs?: number;
  lookEveryMs?: number;
  mostPauseMs?: number;
  askEveryMs?: number;
};

const keptSpans = 8;
const turnedOffSentence = 'Archiving was turned off.';
const exchangedSentence = 'Other data took the place of what was archived, by a restore in place or an upgrade.';
/** A commit is stamped a moment before it lies in the log. */
const stampMarginMs = 50;

/**
 * Follows an engine's log and stores it piece by piece, for ever: whatever fails is tried again from where the storage has it, and what
 * the engine no longer has ends a span. An agent that is killed resumes from its file, without a hole and without a piece twice.
 */
export function startArchiver(options: ArchiverOptions): Archiver {
  const { source, identity, file, now } = options;
  let wanted: WantedArchive | null = null;
  let isTold = false;
  let endReason = turnedOffSentence;
  let abort = new AbortController();
  let wake: () => void = () => {};
  let closed = false;
  let passedMs: number | null = null;
  let trouble: ArchiveFacts['error'] = null;
  let kept: Pick<LogLook, 'keptBytes' | 'keptLimitBytes'> = { keptBytes: 0, keptLimitBytes: 0 };
  const warnOfLimit = createLimitWarning(({ sentence, next }) => {
    options.event({ code: 'archive-nearly-full', tone: 'attention', sentence, detail: next });
    options.changed();
  });
  const watchStorage = createStorageWatch(setTrouble, options.askEveryMs);
  const ended = run();

  const isLocal = () => wanted?.storage.kind === 'local-directory';
  const openSpan = () => file.get().spans.find((span) => span.endedAtMs === null) ?? null;
  const openFolder = () => toSpanFolder({ instanceId: identity.instanceId, spanId: openSpan()?.id ?? '' });

  async function changeSpan(change: Partial<ArchiveSpanReport>, rest: Partial<ReturnType<ArchiveFile['get']>> = {}): Promise<void> {
    const { spans } = file.get();
    await file.change({ ...rest, spans: spans.map((span) => (span.endedAtMs === null ? { ...span, ...change } : span)).slice(-keptSpans) });
  }

  async function endSpan(endReason: string, tone: 'info' | 'broken'): Promise<void> {
    if (openSpan() === null) return;
    await changeSpan({ endedAtMs: now(), endReason }, { stored: null, pending: null });
    options.event({ code: 'archive-ended', tone, sentence: `The continuous archive ended. ${endReason}` });
  }

  function setTrouble(next: ArchiveFacts['error']): void {
    if (next?.sentence === trouble?.sentence) return;
    if (next !== null && trouble === null)
      options.event({ code: 'archive-broken', tone: 'attention', sentence: next.sentence, detail: next.next });
    if (next === null) options.event({ code: 'archive-goes-on', tone: 'good', sentence: 'The continuous archive goes on.' });
    trouble = next;
    options.changed();
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!closed) {
      const mine = wanted;
      const { signal } = abort;
      try {
        if (mine !== null) await follow(mine, signal, () => (failures = 0));
        else if (isTold && file.get().reserved) await letGo();
        else await new Promise<void>((resolve) => (wake = resolve));
      } catch (error) {
        if (closed || signal.aborted) continue;
        if (error instanceof LogLost) {
          await (file.get().exchanged ? endSpan(exchangedSentence, 'info') : endSpan(error.message, 'broken')).catch(() => {});
          continue;
        }
        failures += 1;
        options.log(`The archive waits: ${toFault(error).sentence} ${toFault(error).detail ?? ''}`);
        // An engine that is down is told of elsewhere.
        if (!isEngineAway(error)) setTrouble(describeTrouble(error, { isLocal: isLocal() }));
        await sleep(pauseMs(failures, options.mostPauseMs), undefined, { signal }).catch(() => {});
      }
    }
  }

  async function letGo(): Promise<void> {
    await endSpan(endReason, 'info');
    await source.release();
    await file.change({ reserved: false });
  }

  async function follow(mine: WantedArchive, outer: AbortSignal, worked: () => void): Promise<void> {
    const storage = await openStorage(mine.storage, identity.backupFolder);
    const before = openSpan();
    if (before !== null && (before.keyId !== mine.key.id || before.storageTargetId !== mine.storageTargetId))
      await endSpan('The archive goes to another place since then.', 'info');
    if (before !== null && before.id === mine.abandonedSpanId)
      await endSpan('Pieces of it that were stored are no longer in the storage.', 'broken');
    const inner = new AbortController();
    const signal = AbortSignal.any([outer, inner.signal]);
    let stream: LogStream | null = null;
    const buffer = createLogBuffer({
      pieceBytes: options.pieceBytes ?? 8 * 1024 ** 2,
      cutAfterMs: options.cutAfterMs ?? 2000,
      now,
      drained: () => stream?.resume(),
    });
    await file.change({ reserved: true });
    const opened = await source.open(openSpan() === null ? null : file.get().stored, buffer);
    stream = opened;
    try {
      if (openSpan() === null) await beginSpan(storage, mine, opened, signal);
      const probes: Probe[] = [];
      const looking = keepLooking(opened, probes, signal).catch((error: unknown) => {
        buffer.fail(error instanceof Error ? error : new Error(String(error)));
        if (error instanceof LogLost) inner.abort(error);
      });
      void watchStorage(storage, openFolder(), { isLocal: isLocal(), signal });
      try {
        if (await findPending(storage, signal)) return;
        for (;;) {
          const piece = await buffer.take(signal);
          await store(storage, mine, { ...piece, reachMs: findReach(piece, probes) }, signal);
          worked();
          opened.confirm(piece.to);
          advance(probes);
        }
      } finally {
        inner.abort();
        // A server that does not answer would keep us looking.
        opened.close();
        await looking;
      }
    } catch (error) {
      if (inner.signal.reason instanceof LogLost) throw inner.signal.reason;
      throw error;
    } finally {
      opened.close();
    }
  }

  /** Whether the piece that was being stored when the agent ended is there, and noted by that: it is gone on from there. Nothing after it can be. */
  async function findPending(storage: Storage, signal: AbortSignal): Promise<boolean> {
    const { pending } = file.get();
    if (pending === null) return false;
    const found = (await untilReached(() => storage.list(pending.key), signal)).find(({ key }) => key === pending.key);
    if (found !== undefined) await noteStored({ group: pending.group, position: pending.position }, found.sizeBytes);
    return found !== undefined;
  }

  const noteStored = (at: { group: string; position: string }, sizeBytes: number) =>
    changeSpan({ storedBytes: (openSpan()?.storedBytes ?? 0) + sizeBytes, storedTo: at.position }, { stored: at, pending: null });

  async function beginSpan(storage: Storage, { key, storageTargetId }: WantedArchive, { from }: LogStream, signal: AbortSignal) {
    const fromMs = now();
    const id = randomUUID();
    const { instanceId, projectId, datastore, version } = identity;
    const label = { spanId: id, instanceId, projectId, datastore, version, keyId: key.id, fromMs, from };
    const storedBytes = await storeLabel(storage, label, signal);
    const times = { fromMs, toMs: fromMs, endedAtMs: null, endReason: null };
    const span = { id, keyId: key.id, storageTargetId, ...times, storedBytes, storedFrom: from.position, storedTo: null };
    await file.change({ spans: [...file.get().spans, span].slice(-keptSpans), stored: from, pending: null, exchanged: false });
    options.event({ code: 'archive-begun', tone: 'info', sentence: 'A continuous archive begins.' });
    options.changed();
  }

  async function store(storage: Storage, { key, storage: address }: WantedArchive, piece: ReachingPiece, signal: AbortSignal) {
    const folder = openFolder();
    const name = toPieceKey(folder, piece);
    const at = { group: piece.group, position: piece.to };
    await file.change({ pending: { ...at, key: name } });
    await untilReached(async () => {
      if (address.kind === 'local-directory' && isNearlyFullDisk(identity.backupFolder))
        throw new GuestboardError('storage-error', 'The host’s disk is nearly full; its rest is left to the databases.');
      await noteStored(at, await storePiece(storage, name, piece, key, signal));
    }, signal);
  }

  /** A storage that is away is waited for, while the engine keeps what comes after. */
  async function untilReached<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let failures = 1; ; failures += 1) {
      try {
        const done = await work();
        setTrouble(null);
        return done;
      } catch (error) {
        signal.throwIfAborted();
        setTrouble(describeTrouble(error, { isStoring: true, isLocal: isLocal() }));
        await sleep(pauseMs(failures, options.mostPauseMs), undefined, { signal });
      }
    }
  }

  /** An idle database has nothing to store, and is archived up to now all the same. */
  async function keepLooking(stream: LogStream, probes: Probe[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const atMs = now() - stampMarginMs;
      const { position, ...rest } = await stream.look();
      kept = rest;
      warnOfLimit(kept);
      probes.push({ atMs, position });
      advance(probes);
      await sleep(options.lookEveryMs ?? 500, undefined, { signal }).catch(() => {});
    }
  }

  /** What the piece says of itself, for the day on which those behind it are lost: everything committed before then lies before its end. Less than before where the clock was set back. */
  function findReach({ to, atMs }: LogPiece, probes: readonly Probe[]): number {
    const seenMs = probes.findLast(({ position }) => position <= to)?.atMs ?? passedMs;
    return Math.max(0, seenMs ?? Math.min(openSpan()?.toMs ?? 0, atMs - stampMarginMs));
  }

  function advance(probes: Probe[]): void {
    const { stored } = file.get();
    const span = openSpan();
    if (stored === null || span === null) return;
    while (probes[0] !== undefined && probes[0].position <= stored.position) {
      passedMs = probes[0].atMs;
      span.toMs = Math.max(span.toMs, passedMs);
      probes.shift();
    }
    // A storage that is away for hours leaves a probe for each half second: some of them are enough.
    if (probes.length > 2000) probes.splice(1, 1000);
  }

  function facts(): ArchiveFacts | undefined {
    if (wanted === null) return undefined;
    const span = openSpan();
    return toArchiveFacts({ trouble, kept, lagMs: span === null ? null : now() - span.toMs });
  }

  return {
    answers: {
      configure: async ({ archive, endReason: reason = turnedOffSentence }) => {
        endReason = reason;
        const isSame = isTold && JSON.stringify(archive) === JSON.stringify(wanted);
        isTold = true;
        if (isSame) return {};
        wanted = archive;
        if (archive === null) trouble = null;
        abort.abort(new GuestboardError('conflict', 'The archive was configured anew.'));
        abort = new AbortController();
        wake();
        options.changed();
        return {};
      },
    },
    facts,
    summarise: () => {
      const [{ spans }, known] = [file.get(), facts()];
      if (known === undefined && spans.length === 0) return null;
      return { type: 'archive', ...(known ?? { state: 'on', error: null }), ...kept, spans: [...spans] };
    },
    async close() {
      closed = true;
      abort.abort(new GuestboardError('engine-unavailable', 'The agent ends.'));
      wake();
      await ended;
    },
  };
}
