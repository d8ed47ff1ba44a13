import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Backup } from '#contract/resources/backup.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';
import { isFirstUnderWay } from './archive-note.tsx';
import { findSnap, snap, stepByKey } from './handle.ts';
import { formatMoment, localiseMoments, parseMoment } from './moment-text.ts';
import { listSnaps } from './moments.ts';
import { chooseTicks } from './ticks.ts';
import { keepWithin, pan, reveal, shortestMs, toMoment, toPixel, zoom } from './time-scale.ts';

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'Europe/Berlin';
});
afterAll(() => {
  process.env.TZ = zone;
});
const at = (iso: string) => Date.parse(iso);
const minute = 60_000;

describe('the scale', () => {
  const whole = { fromMs: 0, toMs: 1_000_000 };
  it('leads from a moment to a pixel and back', () => {
    expect(toPixel({ fromMs: 1000, toMs: 3000 }, 400, 1500)).toBe(100);
    expect(toMoment({ fromMs: 1000, toMs: 3000 }, 400, 100)).toBe(1500);
    expect(toMoment(whole, 0, 5)).toBe(0);
  });
  it('keeps what is under the pointer where it is while zooming, down to ten seconds and out to the whole', () => {
    const closer = zoom(whole, whole, 0.5, 250_000);
    expect(closer).toEqual({ fromMs: 125_000, toMs: 625_000 });
    expect(toPixel(closer, 800, 250_000)).toBe(toPixel(whole, 800, 250_000));
    const closest = zoom(closer, whole, 1e-9, 250_000);
    expect(closest.toMs - closest.fromMs).toBeCloseTo(shortestMs);
    expect(zoom(closest, whole, 1e9, 250_000)).toEqual(whole);
    const short = { fromMs: 0, toMs: 4000 };
    expect(zoom(short, short, 0.5, 1000)).toEqual(short);
  });
  it('never leaves the whole', () => {
    expect(pan({ fromMs: 0, toMs: 100 }, whole, -50)).toEqual({ fromMs: 0, toMs: 100 });
    expect(pan({ fromMs: 999_800, toMs: 999_900 }, whole, 5000)).toEqual({ fromMs: 999_900, toMs: 1_000_000 });
    expect(keepWithin({ fromMs: -5, toMs: 2_000_000 }, whole)).toEqual(whole);
  });
  it('moves no further than it takes to see a moment', () => {
    const seen = { fromMs: 1000, toMs: 2000 };
    expect(reveal(seen, whole, 1500)).toBe(seen);
    expect(reveal(seen, whole, 2500)).toEqual({ fromMs: 1600, toMs: 2600 });
    expect(reveal(seen, whole, 500)).toEqual({ fromMs: 400, toMs: 1400 });
  });
});

describe('ticks', () => {
  const labels = (from: string, to: string, widthPx: number) =>
    chooseTicks({ fromMs: at(from), toMs: at(to) }, widthPx).map(({ label }) => label);
  it('are round by the reader’s clock, and a midnight is its day', () => {
    expect(labels('2026-11-25T20:30:00Z', '2026-11-26T01:00:00Z', 300)).toEqual(['22:00', '26 Nov', '02:00']);
    expect(labels('2026-11-25T12:00:00Z', '2026-11-25T12:00:10Z', 400)).toEqual([
      '13:00:00',
      '13:00:02',
      '13:00:04',
      '13:00:06',
      '13:00:08',
      '13:00:10',
    ]);
    expect(labels('2026-11-25T12:03:00Z', '2026-11-25T13:00:00Z', 400)).toEqual(['13:15', '13:30', '13:45', '14:00']);
  });
  it('of days are midnights, also across the change of the clock', () => {
    const ticks = chooseTicks({ fromMs: at('2026-10-23T12:00:00Z'), toMs: at('2026-10-27T12:00:00Z') }, 400);
    expect(ticks.map(({ label }) => label)).toEqual(['24 Oct', '25 Oct', '26 Oct', '27 Oct']);
    expect(ticks.map(({ atMs }) => new Date(atMs).getHours())).toEqual([0, 0, 0, 0]);
  });
  it('leave each label its room, from ten seconds to ten years', () => {
    const toMs = at('2026-11-25T12:34:56Z');
    for (let lengthMs = shortestMs; lengthMs < 10 * 365 * 24 * 60 * minute; lengthMs *= 1.7) {
      const seen = { fromMs: toMs - lengthMs, toMs };
      const ticks = chooseTicks(seen, 900);
      expect(ticks.length).toBeGreaterThan(1);
      const apart = ticks.slice(1).map((tick, index) => toPixel(seen, 900, tick.atMs) - toPixel(seen, 900, ticks[index]?.atMs ?? 0));
      // The day after a change of the clock is up to an hour shorter.
      expect(Math.min(...apart)).toBeGreaterThan(69);
    }
  });
});

describe('the handle', () => {
  const within = { fromMs: 10_300, toMs: 100_000_500 };
  const press = (key: string, atMs: number, shiftKey = false) => stepByKey({ key, shiftKey }, atMs, within);
  it('moves by a second, ten, a minute, an hour, and to the ends', () => {
    expect(press('ArrowLeft', 50_000)).toBe(49_000);
    expect(press('ArrowDown', 50_000)).toBe(49_000);
    expect(press('ArrowRight', 50_000)).toBe(51_000);
    expect(press('ArrowUp', 50_000, true)).toBe(60_000);
    expect(press('PageUp', 50_000_000)).toBe(50_060_000);
    expect(press('PageDown', 50_000_000, true)).toBe(46_400_000);
    expect(press('Home', 50_000)).toBe(10_300);
    expect(press('End', 50_000)).toBe(100_000_500);
    expect(press('a', 50_000)).toBeNull();
  });
  it('goes to whole seconds and stays inside', () => {
    expect(press('ArrowRight', 50_400)).toBe(51_000);
    expect(press('ArrowLeft', 50_400)).toBe(50_000);
    expect(press('ArrowLeft', 10_900)).toBe(10_300);
    expect(press('PageUp', 100_000_000)).toBe(100_000_500);
  });
  const snaps = [
    { atMs: 10_250, label: 'a' },
    { atMs: 20_000, label: 'b' },
  ];
  it('stops at what is near and else at a whole second', () => {
    expect(snap(10_900, snaps, 1000)).toBe(10_250);
    expect(snap(15_000, snaps, 6000)).toBe(10_250);
    expect(snap(15_200, snaps, 6000)).toBe(20_000);
    expect(snap(15_200, snaps, 1000)).toBe(15_000);
  });
  it('finds the snap before and the one after, never the one it stands on', () => {
    expect(findSnap(snaps, 20_000, 'before')?.label).toBe('a');
    expect(findSnap(snaps, 10_250, 'after')?.label).toBe('b');
    expect(findSnap(snaps, 10_250, 'before')).toBeNull();
  });
  it('goes on to the next event where an engine tells whole seconds apart', () => {
    const moments = [11_400, 15_900].map((atMs) => ({ id: `${atMs}`, atMs, tone: 'unknown' as const, words: '' }));
    const whole = listSnaps(moments, { windows: [], grainMs: 1000 });
    expect(findSnap(whole, 10_000, 'after')?.atMs).toBe(14_000);
  });
});

test.each([
  ['2026-11-25 17:04:05', '2026-11-25T16:04:05.000Z'],
  ['2026-11-25T17:04', '2026-11-25T16:04:00.000Z'],
  ['2026-11-25 16:04:05.123456 UTC', '2026-11-25T16:04:05.123Z'],
  ['2026-11-25T16:04:05Z', '2026-11-25T16:04:05.000Z'],
  ['2026-11-25 18:04:05+02', '2026-11-25T16:04:05.000Z'],
  ['2026-11-25 10:34:05.5-05:30', '2026-11-25T16:04:05.500Z'],
])('%s is read as %s', (text, iso) => {
  expect(new Date(parseMoment(text) ?? 0).toISOString()).toBe(iso);
});

test.each(['', 'yesterday', '2026-02-31 10:00:00', '2026-11-25 24:00:00', '2026-11-25 10:60', '17:04:05', '2026-11-25 10:00 CET'])(
  '“%s” is no moment',
  (text) => expect(parseMoment(text)).toBeNull(),
);

test('what is written is read as the same moment, milliseconds included', () => {
  for (const iso of ['2026-11-25T16:04:05.000Z', '2026-11-25T16:04:05.007Z']) expect(parseMoment(formatMoment(at(iso)))).toBe(at(iso));
  expect(formatMoment(at('2026-11-25T16:04:05.007Z'))).toBe('2026-11-25 17:04:05.007');
  expect(localiseMoments('It is after 2026-11-25 16:04:05.007 UTC, the last.')).toBe('It is after 2026-11-25 17:04:05 UTC+1, the last.');
});

test('nothing is amiss with an archive while the backup that it begins with is made', () => {
  const window = { archiving: 'behind', windows: [], wanted: 'on' } as unknown as RestoreWindow;
  const backups = [{ kind: 'full', state: 'SAVING' }] as Backup[];
  expect(isFirstUnderWay(window, backups)).toBe(true);
  expect(isFirstUnderWay({ ...window, archiving: 'broken' }, backups)).toBe(false);
  expect(isFirstUnderWay({ ...window, archiving: 'off', wanted: 'off' }, backups)).toBe(false);
  expect(isFirstUnderWay(window, [{ kind: 'full', state: 'FAILED' }] as Backup[])).toBe(false);
});
