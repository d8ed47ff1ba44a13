import { formatTime } from '#client/format.ts';
import { operationStates } from '#client/progress.ts';
import { localise } from '#components/events/event-list.tsx';
import { eventTones } from '#components/events/event-tone.ts';
import type { Tone } from '#contract/health.ts';
import type { InstanceEvent } from '#contract/resources/event.ts';
import type { Operation } from '#contract/resources/operation.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';
import { toWholeMoment } from '#contract/restore-window.ts';
import type { Snap } from './handle.ts';
import type { Span } from './time-scale.ts';

/** Something that happened to the instance and whose moment before one may want back. */
export type Moment = { id: string; atMs: number; tone: Tone; words: string };

/** What is written down is a little later than what it did: the second before is before both. */
export const beforeMs = 1000;

/** Events, and operations by when they began; oldest first. Backups have marks of their own. */
export function listMoments(events: readonly InstanceEvent[], operations: readonly Operation[]): Moment[] {
  const happened = events.map((event) => ({
    id: event.id,
    atMs: Date.parse(event.at),
    tone: eventTones[event.tone],
    words: `${formatTime(event.at)} ${localise(event)}`,
  }));
  const asked = operations
    .filter(({ name }) => name !== 'create-backup' && name !== 'delete-backup')
    .map((operation) => {
      const { tone, label } = operationStates[operation.state];
      const at = operation.startedAt ?? operation.createdAt;
      const words = `${formatTime(at)} ${operation.title}: ${label.toLowerCase()}, asked by ${operation.askedBy}`;
      return { id: operation.id, atMs: Date.parse(at), tone, words };
    });
  return [...happened, ...asked].sort((one, other) => one.atMs - other.atMs);
}

/** Where the handle is held: before what happened, and at the ends of what can be restored. Only moments that it can stand at. */
export function listSnaps(moments: readonly Moment[], { windows, grainMs }: Pick<RestoreWindow, 'windows' | 'grainMs'>): Snap[] {
  const before = moments.map(({ atMs, words }) => ({ atMs: toWholeMoment({ grainMs }, atMs - beforeMs), label: words }));
  const ends = windows.flatMap(({ fromMs, toMs }) => [
    { atMs: Math.ceil(fromMs), label: 'the first moment after a backup' },
    { atMs: Math.floor(toMs), label: 'the last moment archived' },
  ]);
  return [...before, ...ends];
}

/** From the first moment that can be restored to the last, whole milliseconds; null where nothing can. */
export function findRestorable({ windows }: RestoreWindow): Span | null {
  const [first] = windows;
  const last = windows.at(-1);
  return first === undefined || last === undefined ? null : { fromMs: Math.ceil(first.fromMs), toMs: Math.floor(last.toMs) };
}

/** All that the strip can show: what can be restored up to now, and a little around it. */
export function findWhole({ fromMs, toMs }: Span, nowMs: number): Span {
  const endMs = Math.max(toMs, nowMs);
  const margin = Math.max((endMs - fromMs) * 0.03, 10_000);
  return { fromMs: fromMs - margin, toMs: endMs + margin };
}
