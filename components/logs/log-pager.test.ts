import { expect, test } from 'vitest';
import type { LogPage } from '#contract/resources/log.ts';
import { createLogBuffer } from './log-buffer.ts';
import { createLogPager } from './log-pager.ts';

const line = (number: number) => ({ position: `log:${number}`, at: null, level: 'info' as const, text: 'zebra', truncated: false });

/** A log in which a search finds one line in every third page, back to its beginning. */
function openSearch(pages: number) {
  const buffer = createLogBuffer();
  buffer.replace({ lines: [], before: `log:${pages}`, after: null }, true);
  const stopped = new AbortController();
  const said: (boolean | string)[] = [];
  const pager = createLogPager({
    buffer,
    signal: stopped.signal,
    read: async (place): Promise<LogPage> => {
      const at = 'before' in place ? Number(place.before.slice(4)) - 1 : 0;
      return { lines: at % 3 === 0 ? [line(at)] : [], before: at === 0 ? null : `log:${at}`, after: null };
    },
    onSearching: (searching) => said.push(searching),
    onProblem: (problem) => said.push(problem.message),
  });
  return { buffer, pager, said, stop: () => stopped.abort() };
}

test('a search goes on by itself to the beginning of the log, as long as what it finds does not fill the screen', async () => {
  const { buffer, pager, said } = openSearch(100);
  await pager.fill();
  expect(buffer.getView()).toMatchObject({ before: null, lines: { length: 34 } });
  expect(said).toEqual([true, false]);
});

test('with a screenful it waits to be asked, and goes on until a line came', async () => {
  const { buffer, pager } = openSearch(1000);
  await pager.fill();
  expect(buffer.getView().lines.length).toBe(100);
  await pager.load('before');
  expect(buffer.getView().lines.length).toBe(101);
});

test('a search that was left puts nothing among the lines of the next', async () => {
  const { buffer, pager, said, stop } = openSearch(100);
  const filling = pager.fill();
  stop();
  buffer.replace({ lines: [], before: null, after: null }, true);
  await filling;
  expect(buffer.getView().lines).toEqual([]);
  expect(said).toEqual([true]);
});
