import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Command, pipePrograms } from './pipe-programs.ts';
import { streamProgram, streamThrough } from './stream-program.ts';

const signal = AbortSignal.timeout(20_000);

async function readAll(source: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('what a program said before it ended is there for a reader that comes later', async () => {
  const program = streamProgram('/bin/sh', ['-c', 'printf all; printf told >&2'], { signal });
  program.stdin.end();
  await sleep(300);
  expect(await readAll(program.stdout as AsyncIterable<Buffer>)).toBe('all');
  expect(await program.ended).toBe('told');
});

test('a program that fails fails its reader, with its last words', async () => {
  const source = (async function* () {
    yield Buffer.from('in');
  })();
  await expect(readAll(streamThrough('/bin/sh', ['-c', 'cat; printf why >&2; exit 3'], source, { signal }))).rejects.toMatchObject({
    code: 'engine-error',
    detail: 'why',
  });
});

describe('two programs, one behind the other', () => {
  const start = (first: Command, second: Command) => pipePrograms(first, second, { signal: new AbortController().signal, cwd: '/' });
  const shell = (script: string): Command => ({ command: 'sh', args: ['-c', script] });

  test.each([
    ['the first cannot be started', { command: '/nowhere', args: [] }, shell('cat'), 'first'],
    ['the first is killed', shell('echo some; kill -KILL $$'), shell('cat'), 'first'],
    ['the second cannot be started', shell('cat /dev/zero'), { command: '/nowhere', args: [] }, 'second'],
    ['the second dies at once', shell('cat /dev/zero'), shell('exit 3'), 'second'],
    ['the second is killed with less than all', shell('cat /dev/zero'), shell('head -c 100000; kill -KILL $$'), 'second'],
  ] as const)('when %s it is said, and nobody waits', async (_, first, second, whose) => {
    const piped = start(first, second);
    for await (const chunk of piped.second.stdout) expect(chunk.length).toBeGreaterThan(0);
    await expect(piped[whose].ended).rejects.toThrow(/could not be started|ended with/);
    await Promise.allSettled([piped.first.ended, piped.second.ended]);
  });

  test('all that the first gave comes out, also what lay between them when it ended', async () => {
    const piped = start(shell('head -c 3000000 /dev/zero'), shell('sleep 0.3; cat'));
    let bytes = 0;
    for await (const chunk of piped.second.stdout) bytes += chunk.length;
    await Promise.all([piped.first.ended, piped.second.ended]);
    expect(bytes).toBe(3_000_000);
  });

  test('a second that is refused leaves no first behind', async () => {
    const mark = `${process.pid}.25`;
    expect(() => start({ command: 'sleep', args: [mark] }, { command: 'sh', args: ['\0'] })).toThrow();
    await expect.poll(() => isThere(mark)).toBe(false);
  });
});

function isThere(argument: string): boolean {
  return readdirSync('/proc').some((entry) => {
    try {
      return readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(`sleep\0${argument}\0`);
    } catch {
      return false;
    }
  });
}
