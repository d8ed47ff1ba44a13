import { expect, test } from 'vitest';
import { createClock } from './clock.ts';
import { createConnection } from './connection.ts';
import { judgedAtMs } from './health.ts';

const serverMs = 1_000_000;
const localMs = 5_000_000;

test('a page that does not listen yet grows no ages', async () => {
  const connection = createConnection();
  const clock = createClock(connection);
  const first = clock.now();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(clock.now()).toBe(first);
  connection.to('live');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(clock.now()).toBeGreaterThan(first);
});

test('live, agents get time to be heard; then silence is silence', () => {
  expect(judgedAtMs({ phase: 'live', sinceMs: localMs - 1000 }, serverMs, localMs)).toBe(serverMs - 1000);
  expect(judgedAtMs({ phase: 'live', sinceMs: localMs - 3001 }, serverMs, localMs)).toBe(serverMs);
});
