import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { isSameProcess, readCommandLine, signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { listTree } from '#drivers/process/process-tree.ts';
import type { EngineEvent } from './engine.ts';
import { getMain, look, type TestBench } from './engine-bench.testsuite.ts';
import { context, type TestGuest, until } from './guest.testsuite.ts';
import { openState } from './state.ts';
import { createSupervisor } from './supervisor.ts';

/** Start, stop, crash, adoption; and what must never be touched. */
export function testLife(bench: TestBench): void {
  describe('life', () => {
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.createGuest();
    });

    test('before initialise there is nothing, and nothing to start', async () => {
      expect(await look(guest)).toMatchObject({ processState: 'none', acceptsLogins: false, acceptsWrites: false });
      await expect(guest.engine.lifecycle.start({}, context())).rejects.toMatchObject({ code: 'engine-unavailable' });
    });

    test('initialise, start and the facts of a healthy server; each asked twice', async () => {
      await guest.initialise();
      expect((await look(guest)).processState).toBe('stopped');
      await guest.initialise();
      await guest.engine.lifecycle.start({}, context());
      const first = getMain(guest);
      await guest.engine.lifecycle.start({}, context());
      expect(getMain(guest)).toEqual(first);
      const seen = await until(
        () => look(guest),
        ({ acceptsLogins, metrics }) => acceptsLogins && metrics !== null,
      );
      expect(seen).toMatchObject({
        processState: 'running',
        acceptsWrites: true,
        restartRequired: false,
        role: 'standalone',
        replication: null,
      });
      // What stands before a number tells a kin of the server, which says the number alone.
      expect(seen.version).toMatch(new RegExp(`^${bench.subject.version.replace(/^[a-z]+-/, '')}[.\\d]*$`));
      expect(Math.abs((seen.startedAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    test('the engine lives in a session of its own, in folders of its own, with nothing secret in its arguments', async () => {
      const main = getMain(guest);
      const session = readFileSync(`/proc/${main.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3];
      expect(session).toBe(String(main.pid));
      expect(statSync(path.join(guest.identity.folder, 'data')).mode & 0o077).toBe(0);
      expect(
        listTree(main)
          .flatMap(({ pid }) => readCommandLine(pid))
          .join(' '),
      ).not.toContain('PRIVATE');
    });

    test('stop leaves no process, start brings everything back, stop twice is fine', async () => {
      const tree = listTree(getMain(guest));
      const main = getMain(guest);
      await guest.engine.lifecycle.stop({}, context());
      expect(tree.filter(({ pid, startTicks }) => isSameProcess({ pid, startTicks, hostBoot: main.hostBoot }))).toEqual([]);
      expect(await look(guest)).toMatchObject({ processState: 'stopped', acceptsLogins: false });
      expect(await guest.engine.endedCleanly()).toBe(true);
      await guest.engine.lifecycle.stop({}, context());
      await guest.engine.lifecycle.start({}, context());
      expect(
        (
          await until(
            () => look(guest),
            ({ acceptsLogins }) => acceptsLogins,
          )
        ).processState,
      ).toBe('running');
    });

    test('a look at a server stopped by a signal says so, and recovers', async () => {
      const main = getMain(guest);
      signalProcess(main, 'SIGSTOP');
      try {
        await until(
          () => look(guest),
          ({ processState }) => processState === 'not-answering',
          10_000,
        );
      } finally {
        signalProcess(main, 'SIGCONT');
      }
      expect(
        (
          await until(
            () => look(guest),
            ({ processState }) => processState === 'running',
          )
        ).acceptsWrites,
      ).toBe(true);
    });

    test('stop works on a server that is stopped by a signal', async () => {
      signalProcess(getMain(guest), 'SIGSTOP');
      await guest.engine.lifecycle.stop({}, context());
      expect((await look(guest)).processState).toBe('stopped');
    });
  });

  describe('crash and adoption', () => {
    const { says } = bench.subject;
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await bench.ask(guest, says.make('kept'));
      await bench.ask(guest, says.add('kept', 1));
    });

    test('a new agent adopts the running server without touching it', async () => {
      const main = getMain(guest);
      const next = guest.withNewAgent();
      expect(await next.engine.adopt()).toEqual(main);
      expect(
        (
          await until(
            () => look(next),
            ({ acceptsLogins }) => acceptsLogins,
          )
        ).processState,
      ).toBe('running');
      await next.engine.close();
      expect(isSameProcess(main)).toBe(true);
    });

    test('after kill -9 it is seen as gone and not shut down; start clears what is left and no committed row is lost', async () => {
      for (let round = 1; round <= 3; round += 1) {
        await bench.ask(guest, says.add('kept', round + 1));
        const main = getMain(guest);
        process.kill(main.pid, 'SIGKILL');
        await waitForEnd(main, 2000);
        expect(guest.engine.mainProcess()).toEqual(main);
        expect((await look(guest)).processState).toBe('stopped');
        expect(await guest.engine.endedCleanly()).toBe(false);
        await guest.engine.lifecycle.start({}, context());
        expect(await bench.count(guest, 'kept')).toBe(round + 1);
      }
    });

    test('a killed server is seen at once and brought back, though /proc is asked once in a while: its end closes the monitor’s connection', async () => {
      const events: EngineEvent[] = [];
      const supervisor = createSupervisor({
        engine: guest.engine,
        state: openState(path.join(guest.identity.folder, 'supervised')),
        now: Date.now,
        event: (event) => events.push(event),
        changed: () => {},
        lastLogLines: async () => '',
        pollMs: 60_000,
      });
      guest.onConnectionLost(supervisor.connectionLost);
      await supervisor.start(context());
      await until(
        () => look(guest),
        ({ metrics }) => metrics !== null,
      );
      const killedAtMs = Date.now();
      process.kill(getMain(guest).pid, 'SIGKILL');
      await until(
        () => events.map(({ code }) => code),
        (codes) => codes.includes('engine-restarted'),
        30_000,
      );
      expect(events.map(({ code }) => code)).toEqual(['engine-crashed', 'engine-restarted']);
      expect((events[0]?.atMs ?? 0) - killedAtMs, 'not by a poll').toBeLessThan(30_000);
      guest.onConnectionLost(() => {});
      await supervisor.close();
      expect(await bench.count(guest, 'kept')).toBe(4);
    });

    test('a start that meets a server still dying does not take it for one that starts', async () => {
      const faults: unknown[] = [];
      for (let round = 0; round < 8; round += 1) {
        process.kill(getMain(guest).pid, 'SIGKILL');
        await new Promise((resolve) => setTimeout(resolve, round % 5));
        await guest.engine.lifecycle.start({}, context()).catch((fault: unknown) => faults.push(fault));
      }
      expect(faults).toEqual([]);
      expect(await bench.count(guest, 'kept')).toBe(4);
    }, 120_000);

    test('after kill -9 of engine and agent together a new agent starts it again', async () => {
      const main = getMain(guest);
      process.kill(main.pid, 'SIGKILL');
      await waitForEnd(main, 2000);
      const next = guest.withNewAgent();
      expect(await next.engine.adopt()).toBeNull();
      await next.engine.lifecycle.start({}, context());
      expect(await bench.count(next, 'kept')).toBe(4);
      await guest.engine.adopt();
      await next.engine.close();
    });
  });

  describe('what is not ours', () => {
    test('a data folder somebody else made is refused and stays as it is', async () => {
      const guest = await bench.createGuest();
      const data = path.join(guest.identity.folder, 'data');
      await mkdir(data);
      await writeFile(path.join(data, 'precious'), 'x');
      await expect(guest.initialise()).rejects.toMatchObject({ code: 'conflict' });
      expect(readdirSync(data)).toEqual(['precious']);
    });

    test('a half-made data folder of ours is made anew', async () => {
      const guest = await bench.createGuest();
      const cancel = new AbortController();
      const begun = guest.engine.lifecycle.initialise(
        {
          size: { memoryBytes: 2 ** 29, cpus: 1, volumeBytes: 2 ** 30 },
          tls: guest.tls,
          allowedCidrs: ['127.0.0.1/32'],
          parameters: {},
          data: { kind: 'empty' },
        },
        context(cancel.signal),
      );
      setTimeout(() => cancel.abort(new Error('cancelled')), bench.subject.initialisingMs);
      await expect(begun).rejects.toThrow('cancelled');
      expect(existsSync(path.join(guest.identity.folder, 'data'))).toBe(false);
      await guest.begin();
      expect(
        (
          await until(
            () => look(guest),
            ({ acceptsLogins }) => acceptsLogins,
          )
        ).processState,
      ).toBe('running');
    });
  });
}
