import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readCommands } from './read-commands.ts';

const command = (...words: string[]) => `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

async function read(text: string) {
  const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-commands-'));
  const handle = await open(path.join(folder, 'file'), 'w+');
  try {
    await handle.writeFile(text);
    const entries = [];
    for await (const entry of readCommands(handle, Buffer.byteLength(text))) entries.push(entry);
    return entries;
  } finally {
    await handle.close();
    await rm(folder, { recursive: true });
  }
}

test('commands and seconds are told apart, whatever stands in values, and what was not written whole is the end', async () => {
  const parts = [
    '#TS:1795864428\r\n',
    command('SELECT', '3'),
    command('set', 'key', '#TS:1\r\n*1\r\n'),
    command('SET', 'large', 'x'.repeat(2_500_000)),
    command('MULTI'),
    command('DEL', 'ü'.repeat(100)),
  ];
  const entries = await read(`${parts.join('')}${command('EXEC').slice(0, -1)}`);
  expect(entries.map(({ word }) => word)).toEqual(['#', 'SELECT', 'SET', 'SET', 'MULTI', 'DEL']);
  expect(entries.map(({ second }) => second)).toEqual([1_795_864_428, null, null, null, null, null]);
  expect(entries.map(({ database }) => database)).toEqual([null, 3, null, null, null, null]);
  expect(entries.map(({ offset }) => offset)).toEqual(parts.map((_, index) => Buffer.byteLength(parts.slice(0, index).join(''))));
});

test('what is no append-only file is said to be none', async () => {
  await expect(read(`${command('PING')}nonsense\r\n`)).rejects.toMatchObject({ code: 'backup-damaged' });
});
