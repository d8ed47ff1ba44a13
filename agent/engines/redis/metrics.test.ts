import { expect, test } from 'vitest';
import { createMeter, type Look } from './metrics.ts';

const seen = (commands: number, own: number) =>
  ({ own, counters: { commands, hits: 0, misses: 0, evicted: 0, expired: 0 }, gauges: {} }) as Look;

test('what the agent asks counts as nothing: questions, slow commands, logins; what a tenant asks does', () => {
  const meter = createMeter();
  const say = (...look: [commands: number, own: number, nowMs: number]) => meter.measure(seen(look[0], look[1]), look[2]).commandsPerSecond;
  expect(say(100, 1, 0)).toBe(0);
  // A look, and with it slow commands and connections.
  expect(say(103, 4, 1000)).toBe(0);
  expect(say(110, 7, 2000)).toBe(4);
  // A login that the server counts only after this look.
  meter.loggedIn();
  expect(say(111, 8, 3000)).toBe(0);
  expect(say(113, 9, 4000)).toBe(0);
  // The connection was lost and made anew: its login and its question before this one.
  expect(say(116, 2, 5000)).toBe(0);
  expect(say(119, 3, 6000)).toBe(2);
});
