import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeLeftovers, startLeftovers } from './leftovers.ts';

let folder: string;
let idleSinceMs: number | null;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'guestboard-leftovers-'));
  idleSinceMs = 1000;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = (...names: string[]) => {
  for (const name of names) mkdirSync(path.join(folder, name, 'inside'), { recursive: true });
};
const options = () => ({ folder, idleSinceMs: () => idleSinceMs, now: Date.now, log: () => {} });
const left = () => readdirSync(folder).sort();

test('what unfinished work left goes once nothing has run for long, the data never', async () => {
  make('data', 'data.copying', 'data.making', 'data.making.changes', 'data.fetched', 'data.discarded', 'data.replaced', 'logs');
  idleSinceMs = null;
  expect(await removeLeftovers(options(), 5000)).toEqual([]);
  idleSinceMs = 6000;
  expect(await removeLeftovers(options(), 5000)).toEqual([]);
  idleSinceMs = 1000;
  expect((await removeLeftovers(options(), 5000)).length).toBe(6);
  expect(left()).toEqual(['data', 'logs']);
});

test('what a restore in place put aside stays until that is settled, and so does the only data there is', async () => {
  make('data', 'data.aside', 'data.fetched', 'data.discarded');
  expect(await removeLeftovers(options(), 5000)).toEqual([]);
  rmSync(path.join(folder, 'data.aside'), { recursive: true });
  writeFileSync(path.join(folder, 'data.purpose'), 'one');
  expect(await removeLeftovers(options(), 5000)).toEqual([]);
  rmSync(path.join(folder, 'data.purpose'));
  rmSync(path.join(folder, 'data'), { recursive: true });
  make('data.replaced');
  expect(await removeLeftovers(options(), 5000)).toEqual([]);
  expect(left()).toEqual(['data.discarded', 'data.fetched', 'data.replaced']);
});

test('work folders of a dead agent’s programs go when the next one starts', async () => {
  make('tmp/copying', 'tmp/none');
  writeFileSync(path.join(folder, 'tmp', 'sorting'), 'of a running server');
  const leftovers = startLeftovers(options());
  await expect.poll(() => readdirSync(path.join(folder, 'tmp')).sort()).toEqual(['none', 'sorting']);
  leftovers.close();
});
