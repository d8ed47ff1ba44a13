import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { limitLog } from './log-limit.mjs';

test('a log that has grown large begins anew under whoever writes it, and its newest part stays beside it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'guestboard-logs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'server.log');
  const log = openSync(file, 'a', 0o600);
  const script = `process.on('message', (words) => process.stdout.write(words, () => process.send('said')))`;
  const writer = spawn(process.execPath, ['-e', script], { stdio: ['ignore', log, log, 'ipc'] });
  onTestFinished(() => void writer.kill('SIGKILL'));
  closeSync(log);
  const say = async (words: string) => {
    writer.send(words);
    await once(writer, 'message');
  };
  await say('old\n'.repeat(300));
  limitLog(file, 2000);
  expect(readdirSync(folder), 'what is small is left alone').toEqual(['server.log']);
  await say('new\n'.repeat(300));
  limitLog(file, 1000);
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('new\n'.repeat(250));
  expect(statSync(`${file}.1`).mode & 0o777).toBe(0o600);
  await say('after\n');
  expect(readFileSync(file, 'utf8'), 'and no hole before it').toBe('after\n');
  limitLog(path.join(folder, 'none.log'));
});
