import { expect, test } from 'vitest';
import { choosePieces, findLosses, type KnownReach, type StoredPiece, toPieceKey, toPieces } from './archived-pieces.ts';

const piece = (from: string, to: string, reachMs: number | null, atMs = (reachMs ?? 0) + 50): StoredPiece => ({
  key: toPieceKey('archive/i/s', { group: 'g', from, to, reachMs: reachMs ?? 0, atMs }),
  ...{ group: 'g', from, to, reachMs, atMs, sizeBytes: 1000 },
});
const old = (from: string, to: string, atMs: number) => piece(from, to, null, atMs);
const chosen = (pieces: StoredPiece[], from: string, { atMs = 1e9, known = null as KnownReach | null, baseEnd = from } = {}) =>
  choosePieces(pieces, { from, baseEnd, atMs, known }).map(({ to }) => to);
const steady = [piece('0', '1', 1000), piece('1', '2', 2000), piece('2', '3', 3000), piece('3', '4', 4000), piece('4', '5', 5000)];
const known = { position: '5', bytes: 5000 };

test('a piece tells by its key where it lies and how far it reaches; that of an older agent does not say the latter', () => {
  const listed = ['archive/i/s/span.json', 'archive/i/s/g/1-2-1950-2000', 'archive/i/s/g/0-1-1000'].map((key) => ({ key, sizeBytes: 7 }));
  expect(toPieces(listed)).toEqual([
    { key: listed[2]?.key, group: 'g', from: '0', to: '1', reachMs: null, atMs: 1000, sizeBytes: 7 },
    { key: listed[1]?.key, group: 'g', from: '1', to: '2', reachMs: 1950, atMs: 2000, sizeBytes: 7 },
  ]);
});

test('those up to the moment are taken and one more; a base that ends later takes more', () => {
  expect(chosen(steady, '0', { atMs: 2000, known })).toEqual(['1', '2', '3']);
  expect(chosen(steady, '1', { atMs: 2001, known })).toEqual(['2', '3', '4']);
  expect(chosen(steady, '0', { atMs: 1000, known, baseEnd: '3' })).toEqual(['1', '2', '3', '4']);
});

test('all of an older agent’s are taken: after an outage the old and the new are cut at the same time', () => {
  expect(chosen([old('0', '1', 1000), old('1', '2', 2000), old('2', '3', 600_000), old('3', '4', 600_100)], '1')).toEqual(['2', '3', '4']);
});

test('a piece stored twice does no harm, one that is missing before the moment does', () => {
  expect(chosen([piece('0', '2', 1000), piece('0', '1', 900), piece('2', '3', 2000)], '0', { atMs: 1500 })).toEqual(['2', '3']);
  expect(() => chosen([old('0', '1', 1000), old('2', '3', 2000)], '0')).toThrow(/no longer in the storage/);
  expect(() => chosen([old('2', '3', 2000)], '1')).toThrow(/no longer in the storage/);
});

test('newest pieces that are lost refuse every moment they are needed for, and none before', () => {
  const left = steady.slice(0, 3);
  expect(chosen(left, '0', { atMs: 3000, known })).toEqual(['1', '2', '3']);
  for (const atMs of [3001, 5000, 9000])
    expect(() => chosen(left, '0', { atMs, known })).toThrow(
      /ends at 1970-01-01 00:00:03.000 UTC, before the moment asked for: 2 kB that were/,
    );
  expect(() => chosen(left, '0', { atMs: 9000, known: { ...known, bytes: 1024 ** 3 } })).toThrow(/: 1 GB that were/);
  expect(() => chosen([], '0', { atMs: 3000, known })).toThrow(/no longer in the storage/);
});

test('after the clock was set back, pieces that reached further once do not end a replay too early', () => {
  const turned = [piece('0', '1', 1000), piece('1', '2', 9000), piece('2', '3', 2000), piece('3', '4', 3000), piece('4', '5', 9500)];
  expect(chosen(turned, '0', { atMs: 2500, known })).toEqual(['1', '2', '3', '4', '5']);
  expect(chosen(turned, '0', { atMs: 900, known })).toEqual(['1', '2']);
  // What may lie in the pieces that are lost is not left out.
  expect(() => chosen(turned.toSpliced(3, 1), '0', { atMs: 2500, known })).toThrow(/no longer in the storage/);
});

test('a hole refuses no moment before it', () => {
  const left = steady.filter(({ to }) => to !== '4');
  expect(chosen(left, '0', { atMs: 2500, known })).toEqual(['1', '2', '3']);
  expect(() => chosen(left, '0', { atMs: 3500, known })).toThrow(/ends at 1970-01-01 00:00:03.000 UTC/);
});

test('an idle database reaches its moment without a piece of that time, and more than was reported is fine', () => {
  expect(chosen(steady, '0', { atMs: 60_000, known })).toHaveLength(5);
  expect(chosen([...steady, piece('5', '6', 70_000)], '0', { atMs: 60_000, known })).toHaveLength(6);
});

test('what went with the backups that needed it is not missed, nor anything where nobody said what was stored', () => {
  expect(chosen(steady.slice(2), '2', { atMs: 9000, known: { position: '5', bytes: 3000 } })).toHaveLength(3);
  expect(chosen(steady.slice(0, 3), '0', { atMs: 9000 })).toHaveLength(3);
  expect(() => chosen(steady.slice(0, 2), '0', { atMs: 9000, baseEnd: '3' })).toThrow(/does not reach the end of the base/);
});

test('what is missing between and behind pieces is told with the moments it takes along', () => {
  const inFile = (group: string, one: StoredPiece) => ({ ...one, group });
  const [first, second, third, fourth, fifth] = steady.map((one, index) => inFile(index < 3 ? 'a' : 'b', one));
  const all = [first, second, third, fourth, fifth].flatMap((one) => one ?? []);
  expect(findLosses(all, { storedFrom: null, storedTo: '5' })).toEqual([]);
  expect(findLosses(all, { storedFrom: null, storedTo: null })).toEqual([]);
  expect(findLosses(all.slice(2), { storedFrom: null, storedTo: '5' })).toEqual([]);
  // A base begins with a whole file.
  expect(findLosses(all.toSpliced(1, 1), { storedFrom: null, storedTo: '5' })).toEqual([{ fromMs: 1000, toMs: fourth?.atMs }]);
  expect(findLosses(all.toSpliced(3, 1), { storedFrom: null, storedTo: '5' })).toEqual([{ fromMs: 3000, toMs: null }]);
  expect(findLosses(all.slice(0, 4), { storedFrom: null, storedTo: '5' })).toEqual([{ fromMs: 4000, toMs: null }]);
  expect(findLosses([], { storedFrom: null, storedTo: '5' })).toEqual([{ fromMs: null, toMs: null }]);
  expect(findLosses([], { storedFrom: null, storedTo: null })).toEqual([]);
  const stored = { storedFrom: '0', storedTo: '5' };
  expect(findLosses(all, stored)).toEqual([]);
  expect(findLosses(all.slice(1), stored)).toEqual([{ fromMs: null, toMs: fourth?.atMs }]);
  expect(findLosses(all.slice(3), stored)).toEqual([{ fromMs: null, toMs: null }]);
});
