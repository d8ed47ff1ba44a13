import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { look, type TestBench } from './engine-bench.testsuite.ts';
import { context, until } from './guest.testsuite.ts';

/** Parameters, and the log. */
export function testConfiguration(bench: TestBench): void {
  describe('configuration', () => {
    test('a live parameter is in effect at once; one that needs a restart says so until it had one', async () => {
      const guest = await bench.beginGuest();
      const { live, restart, read } = bench.subject.parameters;
      const values = { [live[0]]: live[1] };
      expect(await guest.engine.configuration.apply({ parameters: values }, context())).toEqual({ restartRequired: false });
      expect(await read(bench, guest, live[0])).toBe(String(live[1]));
      expect(await guest.engine.configuration.apply({ parameters: { ...values, [restart[0]]: restart[1] } }, context())).toEqual({
        restartRequired: true,
      });
      await until(
        () => look(guest),
        ({ restartRequired }) => restartRequired,
      );
      expect(await guest.engine.configuration.apply({ parameters: values }, context())).toEqual({ restartRequired: false });
      await guest.engine.configuration.apply({ parameters: { ...values, [restart[0]]: restart[1] } }, context());
      await guest.engine.lifecycle.stop({}, context());
      await guest.engine.lifecycle.start({}, context());
      await until(
        () => look(guest),
        ({ restartRequired, processState }) => !restartRequired && processState === 'running',
      );
      expect(await read(bench, guest, restart[0])).toBe(String(restart[1]));

      for (const refused of bench.subject.parameters.refused) {
        await expect(
          guest.engine.configuration.apply({ parameters: { ...values, ...refused } }, context()),
          JSON.stringify(refused),
        ).rejects.toMatchObject({
          code: 'invalid-input',
          field: Object.keys(refused)[0],
        });
      }
      expect(await read(bench, guest, restart[0])).toBe(String(restart[1]));
      const bigger = { memoryBytes: 2 ** 31, cpus: 2, volumeBytes: 2 ** 32 };
      expect(await guest.engine.lifecycle.resize({ size: bigger }, context())).toEqual({
        restartRequired: bench.subject.parameters.resizeNeedsRestart,
      });
    });
  });

  const { live, tooMuch, read } = bench.subject.parameters;
  if (tooMuch !== null)
    test('parameters the server cannot start with are taken back, and it says so', async () => {
      if (tooMuch === null) return;
      const guest = await bench.beginGuest();
      await guest.engine.configuration.apply({ parameters: { [live[0]]: live[1] } }, context());
      await guest.engine.lifecycle.stop({}, context());
      await guest.engine.lifecycle.start({}, context());
      await guest.engine.configuration.apply({ parameters: { [live[0]]: live[1], [tooMuch[0]]: tooMuch[1] } }, context());
      await guest.engine.lifecycle.stop({}, context());
      await guest.engine.lifecycle.start({}, context());
      expect(guest.events).toMatchObject([{ code: 'configuration-rolled-back', sentence: expect.stringContaining(tooMuch[0]) }]);
      expect(await read(bench, guest, live[0])).toBe(String(live[1]));
    });

  test('logs: a source whose lines have a time, a level and a text', async () => {
    const guest = await bench.beginGuest();
    const { provoke, level, words } = bench.subject.logged;
    await expect(provoke(guest)).rejects.toThrow();
    const [source] = guest.engine.logSources();
    const lines = await until(
      () =>
        (source?.files() ?? [])
          .flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean))
          .map((line) => source?.parse(line)),
      (parsed) => parsed.some((line) => line?.level === level && line.text.includes(words)),
    );
    const line = lines.find((candidate) => candidate?.level === level && candidate.text.includes(words));
    expect(Math.abs((line?.atMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });
}
