import { appendFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { context, openTestLog, type TestLog } from './test-log.testsuite.ts';

let log: TestLog;
beforeEach(() => {
  log = openTestLog();
});
afterEach(() => log.close());

describe('follow', () => {
  const follow = (after?: string) =>
    log.logs.answers.follow({ followId: 'f', name: 'test', ...(after === undefined ? {} : { after }) }, context);
  const append = (text: string, name = log.paths.at(-1) ?? '') => appendFileSync(name, text);

  test('brings new lines, whole, in order, from the end or from after a line', async () => {
    append('old 1\nold 2\nhal');
    await follow();
    append('f\nnew\n');
    await vi.waitFor(() => expect(log.followed()).toEqual(['half', 'new']), 5000);
    await log.logs.answers.unfollow({ followId: 'f' }, context);
    log.reports = [];
    await follow((await log.read()).lines[0]?.position);
    await vi.waitFor(() => expect(log.followed()).toEqual(['old 2', 'half', 'new']), 5000);
  });

  test('begins with a log that does not exist yet', async () => {
    await follow();
    append('first\n');
    await vi.waitFor(() => expect(log.followed()).toEqual(['first']), 5000);
  });

  test('survives rotation by a new name, by renaming, by truncation and by deletion, without loss or doubles', async () => {
    append('1\n');
    await follow();
    append('2\n');
    log.paths = [log.file('a.log'), log.file('b.log')];
    append('3\n', log.file('a.log'));
    append('4\n', log.file('b.log'));
    append('5\n', log.file('a.log'));
    await vi.waitFor(() => expect(log.followed().slice(0, 2)).toEqual(['2', '3']), 5000);
    await vi.waitFor(() => expect(log.followed()).toContain('4'), 5000);
    renameSync(log.file('b.log'), log.file('b.log.1'));
    log.paths = [log.file('b.log')];
    append('6\n', log.file('b.log.1'));
    append('7\n', log.file('b.log'));
    await vi.waitFor(() => expect(log.followed().slice(-2)).toEqual(['6', '7']), 5000);
    truncateSync(log.file('b.log'), 0);
    await new Promise((resolve) => setTimeout(resolve, 60));
    append('8\n', log.file('b.log'));
    await vi.waitFor(() => expect(log.followed().at(-1)).toBe('8'), 5000);
    rmSync(log.file('b.log'));
    await new Promise((resolve) => setTimeout(resolve, 60));
    append('9\n', log.file('b.log'));
    await vi.waitFor(() => expect(log.followed()).toEqual(['2', '3', '5', '4', '6', '7', '8', '9']), 5000);
  });

  test('waits while nobody is connected, then goes on where it was', async () => {
    append('0\n');
    await follow();
    log.connected = false;
    append('1\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    log.connected = true;
    append('2\n');
    await vi.waitFor(() => expect(log.followed()).toEqual(['1', '2']), 5000);
  });

  test('far behind, it jumps ahead and counts what it left out', async () => {
    append('0\n');
    await follow();
    const count = 200_000;
    append(Array.from({ length: count }, (_, index) => `line ${String(index).padStart(30)}\n`).join(''));
    await vi.waitFor(() => expect(log.followed().at(-1)).toMatch(/199999$/), 10_000);
    const dropped = log.reports.reduce((sum, report) => sum + report.droppedLines, 0);
    expect(dropped).toBeGreaterThan(100_000);
    expect(dropped + log.followed().length).toBe(count);
    for (const report of log.reports) expect(JSON.stringify(report).length).toBeLessThan(300_000);
  });

  test('ends when nobody renews it', async () => {
    log.close();
    log = openTestLog(1000);
    append('0\n');
    await follow();
    await new Promise((resolve) => setTimeout(resolve, 700));
    await follow();
    await new Promise((resolve) => setTimeout(resolve, 700));
    append('renewed\n');
    await vi.waitFor(() => expect(log.followed()).toEqual(['renewed']), 5000);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    append('unheard\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(log.followed()).toEqual(['renewed']);
  });
});
