import { expect, test } from 'vitest';
import { createLoginProbe } from './login-probe.ts';

test('a login is tried every five seconds, sooner where connections became more or nothing is known of them, at once after a refusal', async () => {
  const at: number[] = [];
  let [nowMs, accepts] = [0, true];
  const probe = createLoginProbe(async () => {
    at.push(nowMs / 1000);
    return { accepts, timedOut: false, error: null };
  });
  const lookUntil = async (second: number, connections: number | null) => {
    for (; nowMs < second * 1000; nowMs += 1000) await probe.look(nowMs, connections);
    return at.splice(0);
  };
  expect(await lookUntil(11, 3)).toEqual([0, 5, 10]);
  expect(await lookUntil(16, 4)).toEqual([12]);
  expect(await lookUntil(21, 3)).toEqual([17]);
  expect(await lookUntil(26, null)).toEqual([21, 23, 25]);
  accepts = false;
  await lookUntil(31, 3);
  expect(await lookUntil(33, 3)).toEqual([31, 32]);
});
