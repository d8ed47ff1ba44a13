import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { GuestboardError } from '#contract/errors.ts';
import { signalProcess } from '#drivers/process/pid-identity.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import { createEngineServer } from './engine-server.ts';
import { readTail } from './logs/text-files.ts';

const folder = mkdtempSync('/tmp/gb-engine-server-');
const startupLog = `${folder}/startup.log`;
afterAll(() => rmSync(folder, { recursive: true }));

/** Killed before it answers, having printed this; or never launched, for this reason. */
const start = (words: string, refusal?: GuestboardError) =>
  createEngineServer({
    title: 'Mute',
    find: () => null,
    launch: async () => {
      appendFileSync(startupLog, words);
      if (refusal !== undefined) throw refusal;
      return spawnDetached({ command: '/bin/sleep', args: ['60'], outputFile: startupLog, cwd: '/' });
    },
    answers: async (main) => {
      signalProcess(main, 'SIGKILL');
      return false;
    },
    stopSignals: [],
    release: async () => {},
    startupLog,
    lastWords: (_, fromByte) => readTail(startupLog, 1000, fromByte),
  }).start(AbortSignal.timeout(5000));

test('a server that ends while it starts is told with its words of this start; where it had none, with what may have ended it', async () => {
  await expect(start('FATAL: no room')).rejects.toMatchObject({ message: 'Mute ended while starting.', detail: 'FATAL: no room' });
  await expect(start('')).rejects.toMatchObject({
    message: expect.stringMatching(/^Mute ended while starting\. .*killed.*Try it again\.$/),
  });
  const refusal = new GuestboardError('refused', 'Something of it runs still.');
  await expect(start('', refusal), 'one that was not launched was not killed').rejects.toBe(refusal);
});
