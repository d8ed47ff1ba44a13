import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
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
