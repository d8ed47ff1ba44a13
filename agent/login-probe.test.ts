import { expect, test } from 'vitest';
import { createLoginProbe } from './login-probe.ts';

test('a login is tried every ten seconds, sooner where connections became more or nothing is known of them, at once after a refusal', async () => {
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
  expect(await lookUntil(21, 3)).toEqual([0, 10, 20]);
  expect(await lookUntil(26, 4)).toEqual([22]);
  expect(await lookUntil(41, 3)).toEqual([32]);
  expect(await lookUntil(46, null)).toEqual([41, 43, 45]);
  accepts = false;
  await lookUntil(51, 3);
  expect(await lookUntil(53, 3)).toEqual([51, 52]);
});
