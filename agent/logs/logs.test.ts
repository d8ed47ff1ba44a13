import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CommandContext, CommandInput } from '#contract/guest/commands.ts';
import type { ReportBody } from '#contract/guest/reports.ts';
import type { LogLine } from '#contract/resources/log.ts';
import type { LogSource } from '../engine.ts';
import { createLogs, type Logs } from './logs.ts';

let folder = '';
let paths: string[] = [];
let logs: Logs;
let connected = true;
let reports: Extract<ReportBody, { type: 'log-lines' }>[] = [];
const context: CommandContext = { progress: () => {}, signal: new AbortController().signal };

/** Lines look like "2026-01-01T00:00:00.000Z error text"; anything else is plain text. */
const source: LogSource = {
  name: 'test',
  title: 'Test log',
  files: () => paths,
  parse(line) {
    const match = /^(\d{4}-\S+Z) (debug|info|warning|error|fatal) (.*)$/.exec(line);
    return match === null
      ? { atMs: null, level: 'info', text: line }
      : { atMs: Date.parse(match[1] ?? ''), level: match[2] as LogLine['level'], text: match[3] ?? '' };
  },
};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'guestboard-logs-'));
  paths = [path.join(folder, 'a.log')];
  reports = [];
  connected = true;
  logs = openLogs(60_000);
});

function openLogs(expireMs: number): Logs {
  return createLogs({
    sources: () => [source],
    report: (body) => {
      if (connected && body.type === 'log-lines') reports.push(body);
      return connected;
    },
    isConnected: () => connected,
    log: () => {},
    pollMs: 20,
    expireMs,
  });
}
afterEach(() => {
  logs.close();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string) => path.join(folder, name);
const stamp = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
const line = (second: number, text: string, level = 'info') => `${stamp(second)} ${level} ${text}\n`;
const read = (query: Partial<CommandInput<'logs.read'>> = {}) => logs.answers.read({ name: 'test', limit: 100, ...query }, context);
const texts = (lines: readonly LogLine[]) => lines.map(({ text }) => text);
const followed = () => texts(reports.flatMap(({ lines }) => lines));

describe('pages', () => {
  test('the newest page, then back to the beginning and on to the end again, over several files', async () => {
    paths = ['a', 'b', 'c'].map((name) => file(`${name}.log`));
    let number = 0;
    for (const name of paths) writeFileSync(name, Array.from({ length: 40 }, () => line(number, `line ${number++}`)).join(''));
    const all = Array.from({ length: 120 }, (_, index) => `line ${index}`);

    const back: string[][] = [];
    let page = await read({ limit: 50 });
    expect(page.after).toBeNull();
    for (;;) {
      back.unshift(texts(page.lines));
      if (page.before === null) break;
      page = await read({ limit: 50, before: page.before });
    }
    expect(back.flat()).toEqual(all);
    expect(back.map(({ length }) => length)).toEqual([20, 50, 50]);

    const onward = [...texts(page.lines)];
    for (let after = page.lines.at(-1)?.position ?? null; after !== null; ) {
      const next = await read({ limit: 50, after });
      onward.push(...texts(next.lines));
      after = next.after;
    }
    expect(onward).toEqual(all);
  });

  test('positions sort as the lines were written, and name a line for a link', async () => {
    writeFileSync(paths[0] ?? '', Array.from({ length: 30 }, (_, index) => line(index, `line ${index}`)).join(''));
    const { lines } = await read();
    const positions = lines.map(({ position }) => position);
    expect([...positions].sort()).toEqual(positions);
    const linked = positions[10] ?? '';
    expect(texts((await read({ before: linked, after: linked, limit: 5 })).lines)).toEqual([
      'line 8',
      'line 9',
      'line 10',
      'line 11',
      'line 12',
    ]);
  });

  test('filters by text, level and time', async () => {
    const levels = ['info', 'warning', 'error'];
    writeFileSync(paths[0] ?? '', Array.from({ length: 3000 }, (_, index) => line(index, `Line ${index}.`, levels[index % 3])).join(''));
    expect(texts((await read({ text: 'line 1234.' })).lines)).toEqual(['Line 1234.']);
    expect(texts((await read({ levels: ['error', 'fatal'], limit: 2 })).lines)).toEqual(['Line 2996.', 'Line 2999.']);
    const from = Date.parse(stamp(1000));
    const to = Date.parse(stamp(1003));
    const expected = ['Line 1000.', 'Line 1001.', 'Line 1002.', 'Line 1003.'];
    expect(texts((await read({ fromMs: from, toMs: to })).lines)).toEqual(expected);
    const first = (await read({ text: 'line 0.' })).lines[0]?.position ?? '';
    expect(texts((await read({ fromMs: from, toMs: to, after: first })).lines)).toEqual(expected);
    expect((await read({ fromMs: Date.parse(stamp(5000)) })).lines).toEqual([]);
  });

  test('leaves out a line that has not been finished, and has nothing to say of a log that is not there', async () => {
    expect(await read()).toEqual({ lines: [], before: null, after: null });
    writeFileSync(paths[0] ?? '', `${line(1, 'whole')}half of a li`);
    expect(texts((await read()).lines)).toEqual(['whole']);
    await expect(read({ name: 'other' })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('shows binary bytes and control characters without losing the rest of the line', async () => {
    const bytes = [Buffer.from('a\u001b[31mé'), Buffer.from([0xff, 0x00, 0xc3]), Buffer.from('€\r\n\n')];
    writeFileSync(paths[0] ?? '', Buffer.concat(bytes));
    expect(texts((await read()).lines)).toEqual(['a<0x1B>[31mé<0xFF><0x00><0xC3>€', '']);
  });

  test('cuts a 10 MB line at 64 KiB, says so, and finds the lines around it', async () => {
    writeFileSync(paths[0] ?? '', `first\n${'é'.repeat(5_000_000)}\nlast\n`);
    const page = await read();
    expect(page.lines.map(({ text, truncated }) => [text.length, truncated])).toEqual([
      [5, false],
      [32_768, true],
      [4, false],
    ]);
    const first = page.lines[0]?.position ?? '';
    expect((await read({ after: first })).lines.map(({ text }) => text.length)).toEqual([32_768, 4]);
    expect(JSON.stringify(page).length).toBeLessThan(900_000);
  });

  test('a page of long lines stays small enough to travel, and goes on', async () => {
    writeFileSync(paths[0] ?? '', `${'x'.repeat(60_000)}\n`.repeat(40));
    let count = 0;
    let page = await read({ limit: 1000 });
    for (;;) {
      expect(JSON.stringify(page).length).toBeLessThan(900_000);
      count += page.lines.length;
      if (page.before === null) break;
      page = await read({ limit: 1000, before: page.before });
    }
    expect(count).toBe(40);
  });

  test('reads a 2 GB file in constant memory: its end, its beginning, a time in its middle', async () => {
    const name = paths[0] ?? '';
    const handle = openSync(name, 'w');
    const block = (second: number) => line(second, 'x'.repeat(1000)).repeat(60);
    const twoGigabytes = 2 * 1024 ** 3;
    // A hole reads as zero bytes: one endless line between the written parts, which is the hardest case there is.
    for (let part = 0; part < 64; part++) writeSync(handle, `\n${block(part)}`, part * (twoGigabytes / 64));
    ftruncateSync(handle, twoGigabytes);
    writeSync(handle, '\nthe end\n', twoGigabytes);
    closeSync(handle);
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 5);
    expect(texts((await read({ limit: 1 })).lines)).toEqual(['the end']);
    const middle = await read({ fromMs: Date.parse(stamp(32)), toMs: Date.parse(stamp(32)), text: 'xxx', limit: 3 });
    expect(middle.lines.map(({ at }) => at)).toEqual([stamp(32), stamp(32), stamp(32)]);
    const searched = await read({ text: 'nowhere to be found' });
    expect(searched).toMatchObject({ lines: [], before: expect.any(String) });
    const { base64, next } = await logs.answers.readBytes({ name: 'test', offset: twoGigabytes }, context);
    expect([Buffer.from(base64, 'base64').toString(), next]).toEqual(['\nthe end\n', null]);
    clearInterval(watch);
    expect(peak - before).toBeLessThan(64 * 1024 ** 2);
  });
});

describe('download', () => {
  test('gives every byte of every file once', async () => {
    paths = [file('a.log'), file('b.log')];
    const parts = [Buffer.alloc(700_000, 'a'), Buffer.alloc(900_000, 'b')];
    for (const [index, name] of paths.entries()) writeFileSync(name, parts[index] ?? '');
    const got: Buffer[] = [];
    for (let offset: number | null = 0; offset !== null; ) {
      const { base64, next }: { base64: string; next: number | null } = await logs.answers.readBytes({ name: 'test', offset }, context);
      got.push(Buffer.from(base64, 'base64'));
      offset = next;
    }
    expect(Buffer.concat(got).equals(Buffer.concat(parts))).toBe(true);
    expect(await logs.answers.list({}, context)).toMatchObject({ logs: [{ name: 'test', title: 'Test log', sizeBytes: 1_600_000 }] });
  });
});

describe('follow', () => {
  const follow = (after?: string) =>
    logs.answers.follow({ followId: 'f', name: 'test', ...(after === undefined ? {} : { after }) }, context);
  const append = (text: string, name = paths.at(-1) ?? '') => appendFileSync(name, text);

  test('brings new lines, whole, in order, from the end or from after a line', async () => {
    append('old 1\nold 2\nhal');
    await follow();
    append('f\nnew\n');
    await vi.waitFor(() => expect(followed()).toEqual(['half', 'new']), 5000);
    await logs.answers.unfollow({ followId: 'f' }, context);
    reports = [];
    await follow((await read()).lines[0]?.position);
    await vi.waitFor(() => expect(followed()).toEqual(['old 2', 'half', 'new']), 5000);
  });

  test('begins with a log that does not exist yet', async () => {
    await follow();
    append('first\n');
    await vi.waitFor(() => expect(followed()).toEqual(['first']), 5000);
  });

  test('survives rotation by a new name, by renaming, by truncation and by deletion, without loss or doubles', async () => {
    append('1\n');
    await follow();
    append('2\n');
    paths = [file('a.log'), file('b.log')];
    append('3\n', file('a.log'));
    append('4\n', file('b.log'));
    append('5\n', file('a.log'));
    await vi.waitFor(() => expect(followed().slice(0, 2)).toEqual(['2', '3']), 5000);
    await vi.waitFor(() => expect(followed()).toContain('4'), 5000);
    renameSync(file('b.log'), file('b.log.1'));
    paths = [file('b.log')];
    append('6\n', file('b.log.1'));
    append('7\n', file('b.log'));
    await vi.waitFor(() => expect(followed().slice(-2)).toEqual(['6', '7']), 5000);
    truncateSync(file('b.log'), 0);
    await new Promise((resolve) => setTimeout(resolve, 60));
    append('8\n', file('b.log'));
    await vi.waitFor(() => expect(followed().at(-1)).toBe('8'), 5000);
    rmSync(file('b.log'));
    await new Promise((resolve) => setTimeout(resolve, 60));
    append('9\n', file('b.log'));
    await vi.waitFor(() => expect(followed()).toEqual(['2', '3', '5', '4', '6', '7', '8', '9']), 5000);
  });

  test('waits while nobody is connected, then goes on where it was', async () => {
    append('0\n');
    await follow();
    connected = false;
    append('1\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    connected = true;
    append('2\n');
    await vi.waitFor(() => expect(followed()).toEqual(['1', '2']), 5000);
  });

  test('far behind, it jumps ahead and counts what it left out', async () => {
    append('0\n');
    await follow();
    const count = 200_000;
    append(Array.from({ length: count }, (_, index) => `line ${String(index).padStart(30)}\n`).join(''));
    await vi.waitFor(() => expect(followed().at(-1)).toMatch(/199999$/), 10_000);
    const dropped = reports.reduce((sum, report) => sum + report.droppedLines, 0);
    expect(dropped).toBeGreaterThan(100_000);
    expect(dropped + followed().length).toBe(count);
    for (const report of reports) expect(JSON.stringify(report).length).toBeLessThan(300_000);
  });

  test('ends when nobody renews it', async () => {
    logs = openLogs(1000);
    append('0\n');
    await follow();
    await new Promise((resolve) => setTimeout(resolve, 700));
    await follow();
    await new Promise((resolve) => setTimeout(resolve, 700));
    append('renewed\n');
    await vi.waitFor(() => expect(followed()).toEqual(['renewed']), 5000);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    append('unheard\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(followed()).toEqual(['renewed']);
  });
});

test('the last lines of the log written last', async () => {
  writeFileSync(paths[0] ?? '', `${line(1, 'one')}${line(2, 'two', 'fatal')}plain\n`);
  expect(await logs.lastLines(2)).toBe(`${stamp(2)} two\nplain`);
});
