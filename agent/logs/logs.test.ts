import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { context, line, openTestLog, stamp, type TestLog, texts } from './test-log.testsuite.ts';

let log: TestLog;
beforeEach(() => {
  log = openTestLog();
});
afterEach(() => log.close());

describe('pages', () => {
  test('the newest page, then back to the beginning and on to the end again, over several files', async () => {
    log.paths = ['a', 'b', 'c'].map((name) => log.file(`${name}.log`));
    let number = 0;
    for (const name of log.paths) writeFileSync(name, Array.from({ length: 40 }, () => line(number, `line ${number++}`)).join(''));
    const all = Array.from({ length: 120 }, (_, index) => `line ${index}`);

    const back: string[][] = [];
    let page = await log.read({ limit: 50 });
    expect(page.after).toBeNull();
    for (;;) {
      back.unshift(texts(page.lines));
      if (page.before === null) break;
      page = await log.read({ limit: 50, before: page.before });
    }
    expect(back.flat()).toEqual(all);
    expect(back.map(({ length }) => length)).toEqual([20, 50, 50]);

    const onward = [...texts(page.lines)];
    for (let after = page.lines.at(-1)?.position ?? null; after !== null; ) {
      const next = await log.read({ limit: 50, after });
      onward.push(...texts(next.lines));
      after = next.after;
    }
    expect(onward).toEqual(all);
  });

  test('positions sort as the lines were written, and name a line for a link', async () => {
    writeFileSync(log.paths[0] ?? '', Array.from({ length: 30 }, (_, index) => line(index, `line ${index}`)).join(''));
    const { lines } = await log.read();
    const positions = lines.map(({ position }) => position);
    expect([...positions].sort()).toEqual(positions);
    const linked = positions[10] ?? '';
    expect(texts((await log.read({ before: linked, after: linked, limit: 5 })).lines)).toEqual([
      'line 8',
      'line 9',
      'line 10',
      'line 11',
      'line 12',
    ]);
  });

  test('filters by text, level and time', async () => {
    const levels = ['info', 'warning', 'error'];
    writeFileSync(
      log.paths[0] ?? '',
      Array.from({ length: 3000 }, (_, index) => line(index, `Line ${index}.`, levels[index % 3])).join(''),
    );
    expect(texts((await log.read({ text: 'line 1234.' })).lines)).toEqual(['Line 1234.']);
    expect(texts((await log.read({ levels: ['error', 'fatal'], limit: 2 })).lines)).toEqual(['Line 2996.', 'Line 2999.']);
    const from = Date.parse(stamp(1000));
    const to = Date.parse(stamp(1003));
    const expected = ['Line 1000.', 'Line 1001.', 'Line 1002.', 'Line 1003.'];
    expect(texts((await log.read({ fromMs: from, toMs: to })).lines)).toEqual(expected);
    const first = (await log.read({ text: 'line 0.' })).lines[0]?.position ?? '';
    expect(texts((await log.read({ fromMs: from, toMs: to, after: first })).lines)).toEqual(expected);
    expect((await log.read({ fromMs: Date.parse(stamp(5000)) })).lines).toEqual([]);
  });

  test('leaves out a line that has not been finished, and has nothing to say of a log that is not there', async () => {
    expect(await log.read()).toEqual({ lines: [], before: null, after: null });
    writeFileSync(log.paths[0] ?? '', `${line(1, 'whole')}half of a li`);
    expect(texts((await log.read()).lines)).toEqual(['whole']);
    await expect(log.read({ name: 'other' })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('shows binary bytes and control characters without losing the rest of the line', async () => {
    const bytes = [Buffer.from('a\u001b[31mé'), Buffer.from([0xff, 0x00, 0xc3]), Buffer.from('€\r\n\n')];
    writeFileSync(log.paths[0] ?? '', Buffer.concat(bytes));
    expect(texts((await log.read()).lines)).toEqual(['a<0x1B>[31mé<0xFF><0x00><0xC3>€', '']);
  });

  test('cuts a 10 MB line at 64 KiB, says so, and finds the lines around it', async () => {
    writeFileSync(log.paths[0] ?? '', `first\n${'é'.repeat(5_000_000)}\nlast\n`);
    const page = await log.read();
    expect(page.lines.map(({ text, truncated }) => [text.length, truncated])).toEqual([
      [5, false],
      [32_768, true],
      [4, false],
    ]);
    const first = page.lines[0]?.position ?? '';
    expect((await log.read({ after: first })).lines.map(({ text }) => text.length)).toEqual([32_768, 4]);
    expect(JSON.stringify(page).length).toBeLessThan(900_000);
  });

  test('a page of long lines stays small enough to travel, and goes on', async () => {
    writeFileSync(log.paths[0] ?? '', `${'x'.repeat(60_000)}\n`.repeat(40));
    let count = 0;
    let page = await log.read({ limit: 1000 });
    for (;;) {
      expect(JSON.stringify(page).length).toBeLessThan(900_000);
      count += page.lines.length;
      if (page.before === null) break;
      page = await log.read({ limit: 1000, before: page.before });
    }
    expect(count).toBe(40);
  });

  test('reads a 2 GB file in constant memory: its end, its beginning, a time in its middle', async () => {
    const name = log.paths[0] ?? '';
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
    expect(texts((await log.read({ limit: 1 })).lines)).toEqual(['the end']);
    const wanted = { fromMs: Date.parse(stamp(32)), toMs: Date.parse(stamp(32)), text: 'xxx', limit: 3 };
    // A page takes only so long: on a busy machine it ends before its first line, and says where to go on.
    let middle = await log.read(wanted);
    while (middle.lines.length === 0 && middle.before !== null) middle = await log.read({ ...wanted, before: middle.before });
    expect(new Set(middle.lines.map(({ at }) => at))).toEqual(new Set([stamp(32)]));
    const searched = await log.read({ text: 'nowhere to be found' });
    expect(searched).toMatchObject({ lines: [], before: expect.any(String) });
    const { base64, next } = await log.logs.answers.readBytes({ name: 'test', offset: twoGigabytes }, context);
    expect([Buffer.from(base64, 'base64').toString(), next]).toEqual(['the end\n', null]);
    clearInterval(watch);
    expect(peak - before).toBeLessThan(64 * 1024 ** 2);
  });
});

describe('download', () => {
  test('gives every byte of every file once', async () => {
    log.paths = [log.file('a.log'), log.file('b.log')];
    const parts = [Buffer.alloc(700_000, 'aaaaaa\n'), Buffer.alloc(900_000, 'bb\n')];
    for (const [index, name] of log.paths.entries()) writeFileSync(name, parts[index] ?? '');
    expect((await download()).equals(Buffer.concat(parts))).toBe(true);
    expect(await log.logs.answers.list({}, context)).toMatchObject({ logs: [{ name: 'test', title: 'Test log', sizeBytes: 1_600_000 }] });
  });

  test('goes on where it was when the oldest file goes meanwhile, and where the next begins when its own goes', async () => {
    const whole = [log.file('a.log'), log.file('b.log'), log.file('c.log')];
    const parts = [Buffer.alloc(700_000, 'aaaaaa\n'), Buffer.alloc(900_000, 'bb\n'), Buffer.alloc(1000, 'c\n')];
    for (const [index, name] of whole.entries()) writeFileSync(name, parts[index] ?? '');
    const [a, b, c] = parts.map(String);
    const take = async (kept: string[]) => {
      log.paths = whole;
      let pages = 0;
      // The third page is of the second file.
      const prune = () => {
        pages += 1;
        if (pages === 3) log.paths = kept;
      };
      return (await download(prune)).toString();
    };
    expect((await take(whole.slice(1))) === `${a}${b}${c}`).toBe(true);
    const cut = await take(whole.slice(2));
    expect([cut.slice(700_000, 700_003), cut.endsWith(`bb\n${c}`), cut.length < 1_600_000]).toEqual(['bb\n', true, true]);
  });

  test('hides what the engine’s log hides, in every line whole, and leaves bytes that are no text', async () => {
    log.hide = (text) => text.replace(/password '\w+'/, "password '…'");
    const odd = Buffer.from([0xff, 0x00, 0xc3, 0x0a]);
    const secret = Buffer.from("é password 'secret'\n");
    const filling = Buffer.alloc(512 * 1024 - 12, 'a\n');
    writeFileSync(log.paths[0] ?? '', Buffer.concat([odd, filling, secret, odd]));
    const got = await download();
    expect(got.equals(Buffer.concat([odd, filling, Buffer.from("é password '…'\n"), odd]))).toBe(true);
  });

  test('of a line that is longer than an answer the rest is left out, with the half of a secret that may lie there', async () => {
    log.hide = (text) => text.replace(/password '\w+('|$)/, "password '…'");
    const filling = 'a'.repeat(512 * 1024 - 14);
    writeFileSync(log.paths[0] ?? '', `${filling}password 'secret' ${filling}${filling}\nnext\n`);
    const got = (await download()).toString();
    expect(got.slice(0, filling.length)).toBe(filling);
    expect(got.slice(filling.length)).toBe("password '…' … the rest of this line is left out: it is too long.\nnext\n");
  });
});

async function download(afterEach: () => unknown = () => {}): Promise<Buffer> {
  const got: Buffer[] = [];
  let page: Awaited<ReturnType<typeof log.logs.answers.readBytes>> = { base64: '', next: 0 };
  for (; page.next !== null; afterEach()) {
    page = await log.logs.answers.readBytes({ name: 'test', offset: page.next, position: page.position }, context);
    got.push(Buffer.from(page.base64, 'base64'));
  }
  return Buffer.concat(got);
}

test('the last lines of the log written last', async () => {
  writeFileSync(log.paths[0] ?? '', `${line(1, 'one')}${line(2, 'two', 'fatal')}plain\n`);
  expect(await log.logs.lastLines(2)).toBe(`${stamp(2)} two\nplain`);
});
