import { expect, test } from 'vitest';
import { chargeWhileLimited, createPace, paced } from './pace.ts';

const never = new AbortController().signal;
const kilo = 1000;

async function* chunks(count: number, bytes: number) {
  for (let index = 0; index < count; index += 1) yield Buffer.alloc(bytes);
}

async function measureMs(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

test('what is limited takes as long as the limit says, in chunks of any size', async () => {
  for (const [count, bytes] of [
    [100, 5 * kilo],
    [2, 250 * kilo],
  ] as const) {
    const pace = createPace(1000 * kilo);
    const tookMs = await measureMs(async () => {
      for await (const _chunk of paced(chunks(count, bytes), pace, never));
      // The last chunk is paid, too, before anybody else may read.
      await pace.take(0, never);
    });
    expect(tookMs).toBeGreaterThan(380);
    expect(tookMs).toBeLessThan(5000);
  }
});

test('without a limit nobody waits; a limit lifted or lowered holds at once', async () => {
  const pace = createPace();
  expect(await measureMs(() => pace.take(1e12, never))).toBeLessThan(5000);
  pace.set(1000);
  await pace.take(1e9, never);
  const waiting = measureMs(() => pace.take(1, never));
  setTimeout(() => pace.set(null), 150);
  expect(await waiting).toBeLessThan(5000);
});

test('who waits is let go by the signal, with its reason', async () => {
  const pace = createPace(1);
  await pace.take(1000, never);
  const cancel = new AbortController();
  setTimeout(() => cancel.abort(new Error('cancelled')), 20);
  await expect(pace.take(1, cancel.signal)).rejects.toThrow('cancelled');
});

test('what was read before a limit came is not charged, nor what was read after it went', () => {
  const pace = createPace();
  let read = 0;
  const charge = chargeWhileLimited(pace, () => read);
  const after = (bytes: number) => {
    read += bytes;
    return charge();
  };
  expect(after(1e11)).toBe(0);
  pace.set(1e6);
  expect([after(5e6), after(2e6), after(3e6)]).toEqual([0, 2e6, 3e6]);
  pace.set(null);
  expect(after(1e11)).toBe(0);
  pace.set(1e6);
  expect([after(1e6), after(4e6)]).toEqual([0, 4e6]);
});
