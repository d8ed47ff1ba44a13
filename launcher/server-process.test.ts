import { expect, test } from 'vitest';
import { waitUntilReady } from './server-process.mjs';

const refusal = 'The key file /srv/keys/key cannot be read. Put back the copy you keep, or name it in GUESTBOARD_KEY_FILE.';

test('a server that refuses to start is quoted with its sentence alone', async () => {
  await expect(waitUntilReady(endedWith(`{"level":"info","msg":"Ready."}\n(node:12) Warning: noise\n${refusal}\n`))).rejects.toThrow(
    new RegExp(`^${refusal.replaceAll('.', '\\.')}$`),
  );
});

test('one that breaks is quoted with all it said, and with where its log is', async () => {
  const words = 'TypeError: x is not a function\n    at serve (server.mjs:1:1)';
  await expect(waitUntilReady(endedWith(words))).rejects.toThrow(`The server ended with 1; its log is /srv/server.log.\n${words}`);
});

function endedWith(words: string) {
  return {
    ended: Promise.resolve(1),
    isReady: async () => false,
    logged: () => words,
    logFile: '/srv/server.log',
    pid: 1,
    stop: async () => {},
  };
}
