import { expect, test } from 'vitest';
import { signalProcess } from '#drivers/process/pid-identity.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import { createEngineServer } from './engine-server.ts';

const start = (words: string) =>
  createEngineServer({
    title: 'Mute',
    find: () => null,
    launch: () => spawnDetached({ command: '/bin/sleep', args: ['60'], outputFile: '/dev/null', cwd: '/' }),
    answers: async (main) => {
      signalProcess(main, 'SIGKILL');
      return false;
    },
    stopSignals: [],
    release: async () => {},
    lastWords: () => words,
  }).start(AbortSignal.timeout(5000));

test('a server that is killed while it starts says nothing: what may have ended it is told, and what to do; else its own words are', async () => {
  await expect(start('')).rejects.toMatchObject({
    message: expect.stringMatching(/^Mute ended while starting\. .*killed.*Start the database again\.$/),
  });
  await expect(start('FATAL: no room')).rejects.toMatchObject({ message: 'Mute ended while starting.', detail: 'FATAL: no room' });
});
