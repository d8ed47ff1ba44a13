import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { volumeThresholds } from '#contract/flavors.ts';
import type { Archiver } from './archive/archiver.ts';
import { archived, newest, takeAway } from './archived-guest.testsuite.ts';
import { measureDiskUsage } from './disk-usage.ts';
import { makeBackup } from './engine-backup.testsuite.ts';
import type { TestBench } from './engine-bench.testsuite.ts';
import { type TestGuest, until } from './guest.testsuite.ts';

const MiB = 1024 ** 2;

type Subject = {
  archive(of: TestGuest): Promise<Archiver>;
  /** Adds a row, and answers a moment after it. */
  add(of: TestGuest, n: number): Promise<number>;
  rows(of: TestGuest): Promise<number[]>;
  restore(of: TestGuest, by: Archiver, atMs: number, base: string): Promise<TestGuest>;
};

/** A storage that stays away for hours, as a database under load sees it in seconds. Inside the suite of archives. */
export function testArchiveLimit(bench: TestBench, subject: Subject): void {
  test('kept for too long it is given up with its reason, and begins anew behind a gap', async () => {
    const small = await bench.beginGuest({ size: { memoryBytes: 512 * MiB, cpus: 1, volumeBytes: 256 * MiB } });
    await bench.ask(small, bench.subject.says.make('late'));
    let own = await subject.archive(small);
    const before = newest(own)?.id;
    const aside = await takeAway(small);
    /** What it said, and how much the engine kept and the volume held just then. */
    const said: { sentence: string; kept: number; limit: number; used: number }[] = [];
    const limits: number[] = [];
    const hear = async () => {
      const { error = null, keptBytes = 0, keptLimitBytes = 0 } = own.summarise() ?? {};
      if (keptLimitBytes > 0) limits.push(keptLimitBytes);
      if (error === null || error.sentence === said.at(-1)?.sentence) return;
      said.push({
        sentence: error.sentence,
        kept: keptBytes,
        limit: keptLimitBytes,
        used: await measureDiskUsage([small.identity.folder]),
      });
    };
    const hearing = setInterval(() => void hear(), 50);
    try {
      await subject.add(small, 0);
      await until(
        () => own.facts()?.state,
        (state) => state === 'broken',
      );
      // Not left to the next look: the agent's life ends here.
      await hear();
      // Another life of the agent knows no more of the storage, and watches the log all the same.
      await own.close();
      own = await subject.archive(small);
      await bench.ask(small, bench.subject.manyRows.make);
      for (let tries = 0; !small.events.some(({ code }) => code === 'archive-ended'); tries += 1) {
        expect(tries).toBeLessThan(80);
        await bench.ask(small, bench.subject.manyRows.change);
        await sleep(300);
      }
    } finally {
      clearInterval(hearing);
      await aside.giveBack();
    }
    // Told at once, and again at half of what is kept at most: both long before the volume is short of anything.
    const [away, half] = [said[0], said.find(({ sentence }) => /does not reach its storage.* More than half of the/.test(sentence))];
    expect(away?.sentence).toMatch(/does not reach its storage/);
    expect(away?.kept).toBeLessThan((away?.limit ?? 0) / 2);
    expect(half?.used).toBeLessThan(volumeThresholds.warning * 256 * MiB);
    expect(Math.max(...limits), 'the limit stays where it is, whatever is kept').toBeLessThan(1.5 * Math.min(...limits));
    expect(small.events.map(({ code }) => code).filter((code) => /^archive-(nearly|ended)/.test(code))).toEqual([
      'archive-nearly-full',
      'archive-ended',
    ]);
    await until(
      () => newest(own),
      (span) => span !== undefined && span.id !== before && span.endedAtMs === null,
      20_000,
    );
    const given = own.summarise()?.spans.find(({ id }) => id === before);
    expect(given).toMatchObject({ endedAtMs: expect.any(Number), endReason: expect.stringMatching(/storage was away/) });
    const base = randomUUID();
    await makeBackup(small, base);
    const atMs = await subject.add(small, 1);
    await archived(own, atMs + 1);
    expect(await subject.rows(await subject.restore(small, own, atMs, base))).toEqual([0, 1]);
  }, 120_000);
}
