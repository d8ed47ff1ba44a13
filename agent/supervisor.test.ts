import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { identifyProcess, type ProcessIdentity } from '#drivers/process/pid-identity.ts';
import { type EngineEvent, quietContext } from './engine.ts';
import { boundDeath } from './found-dead.ts';
import { openState, type StateFile } from './state.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

let folder = '';
let state: StateFile;
let events: EngineEvent[] = [];
let supervisor: Supervisor;
let pauseMs = 5;
let pollMs = 5;
let bootedAtMs = 0;
/** Our own process stands for the engine's; a dead one has another start time. */
const living = identifyProcess(process.pid) as ProcessIdentity;
const dead = { ...living, startTicks: 1 };
const engine = { main: null as ProcessIdentity | null, cleanly: false, starts: 0, fails: Number.POSITIVE_INFINITY };
const context = quietContext(new AbortController().signal);

function open(adopted: ProcessIdentity | null = null) {
  supervisor = createSupervisor({
    engine: {
      adopt: async () => adopted,
      mainProcess: () => engine.main,
      endedCleanly: async () => engine.cleanly,
      lifecycle: {
        initialise: async () => ({}),
        resize: async () => ({ restartRequired: false }),
        start: async () => {
          engine.starts += 1;
          if (engine.starts > 1 && engine.starts <= engine.fails + 1) throw new Error('FATAL: corrupt page');
          engine.main = living;
          return {};
        },
        stop: async () => {
          engine.main = null;
          return {};
        },
      },
    },
    state,
    now: Date.now,
    event: (event) => events.push(event),
    changed: () => {},
    lastLogLines: async () => 'the last words',
    boundDeath: (nowMs) => boundDeath([path.join(folder, 'log')], nowMs, bootedAtMs),
    pollMs,
    delayMs: (crashes) => [0, pauseMs, pauseMs, pauseMs, pauseMs][crashes - 1] ?? null,
  });
  return supervisor;
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'guestboard-supervisor-'));
  state = openState(folder);
  events = [];
  pauseMs = 5;
  pollMs = 5;
  bootedAtMs = 0;
  Object.assign(engine, { main: null, cleanly: false, starts: 0, fails: Number.POSITIVE_INFINITY });
});
afterEach(async () => {
  vi.useRealTimers();
  await supervisor.close();
  rmSync(folder, { recursive: true, force: true });
});

test('gives up after five attempts, with the last log lines; a new agent does not begin anew; a person’s start does', async () => {
  await open().start(context);
  engine.main = dead;
  await vi.waitFor(() => expect(supervisor.supervision().phase).toBe('gave-up'), 10_000);
  expect(engine.starts).toBe(6);
  expect(supervisor.supervision()).toMatchObject({ recentCrashes: 6, lastError: expect.stringContaining('corrupt page') });
  await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ code: 'engine-gave-up', tone: 'broken', detail: 'the last words' }), 10_000);

  await supervisor.close();
  state = openState(folder);
  await open().adopt();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect([supervisor.supervision().phase, engine.starts]).toEqual(['gave-up', 6]);
  engine.fails = 0;
  await supervisor.start(context);
  expect(supervisor.supervision()).toMatchObject({ phase: 'quiet', recentCrashes: 0, lastError: null });
});

test('told of a lost connection it sees the death at once, also one that follows a moment later, though it polls once in a while', async () => {
  engine.fails = 0;
  pollMs = 60_000;
  vi.useFakeTimers();
  await open().start(context);
  for (const laterMs of [0, 150]) {
    supervisor.connectionLost();
    await vi.advanceTimersByTimeAsync(laterMs);
    engine.main = dead;
    await vi.advanceTimersByTimeAsync(100);
    expect(engine.main).toBe(living);
  }
  expect(events.map(({ code }) => code)).toContain('engine-crashed');
  // A tenant's backend that crashes ends every connection, and its server lives.
  events = [];
  supervisor.connectionLost();
  await vi.advanceTimersByTimeAsync(120);
  expect([events, engine.starts]).toEqual([[], 3]);
});

test('polls no sooner for an answer that has just come, and as ever when none comes any more', async () => {
  engine.fails = 0;
  pollMs = 200;
  vi.useFakeTimers();
  await open().start(context);
  engine.main = dead;
  for (let beats = 0; beats < 15; beats += 1) {
    supervisor.answered();
    await vi.advanceTimersByTimeAsync(20);
  }
  expect(engine.main).toBe(dead);
  await vi.advanceTimersByTimeAsync(200);
  expect(engine.main).toBe(living);
  // What answers a moment longer, as a backend without its server may, hides nothing of a lost connection.
  engine.main = dead;
  supervisor.connectionLost();
  supervisor.answered();
  await vi.advanceTimersByTimeAsync(100);
  expect(engine.main).toBe(living);
});

test('does nothing about a process that ends while that is expected, or after a stop', async () => {
  engine.fails = 0;
  await open().start(context);
  await supervisor.expectDown(async () => {
    engine.main = dead;
    await new Promise((resolve) => setTimeout(resolve, 30));
    engine.main = living;
  });
  await supervisor.restart(context);
  await supervisor.stop(context);
  engine.main = dead;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect([events, engine.starts]).toEqual([[], 2]);
});

test('what should run and was shut down in order is started without an alarm', async () => {
  engine.fails = 0;
  state.change({ wanted: 'running' });
  engine.cleanly = true;
  await open().adopt();
  await vi.waitFor(() => expect(engine.starts).toBe(1), 10_000);
  expect(events).toEqual([]);
});

test('between two tries the moment of the next is known, and no longer when it has come or a person stopped it', async () => {
  pauseMs = 60;
  await open().start(context);
  expect(supervisor.supervision().nextTryAtMs).toBeNull();
  engine.main = dead;
  await vi.waitFor(() => expect(supervisor.supervision().nextTryAtMs).not.toBeNull(), 10_000);
  const { crashedAtMs, nextTryAtMs, phase } = supervisor.supervision();
  expect(phase).toBe('down');
  expect((nextTryAtMs ?? 0) - (crashedAtMs ?? 0)).toBeGreaterThanOrEqual(60);
  engine.fails = 0;
  await vi.waitFor(() => expect(supervisor.supervision()).toMatchObject({ phase: 'quiet', nextTryAtMs: null }), 10_000);
  expect(supervisor.supervision().restartedAtMs).toBeGreaterThanOrEqual((nextTryAtMs ?? 0) - 1);
  engine.main = dead;
  await vi.waitFor(() => expect(supervisor.supervision().nextTryAtMs).not.toBeNull(), 10_000);
  await supervisor.stop(context);
  expect(supervisor.supervision().nextTryAtMs).toBeNull();
});

test('a person’s stop ends the attempts', async () => {
  await open().start(context);
  engine.main = dead;
  await vi.waitFor(() => expect(engine.starts).toBeGreaterThan(2), 10_000);
  await supervisor.stop(context);
  const { starts } = engine;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([engine.starts, supervisor.supervision().phase]).toEqual([starts, 'quiet']);
});

test('one that is found dead ended after it last wrote, and before its host began anew: both are said, neither is when it was found', async () => {
  const hourMs = 3_600_000;
  const wroteAtMs = Math.floor(Date.now() / 1000) * 1000 - 3 * hourMs;
  writeFileSync(path.join(folder, 'log'), 'the last line');
  utimesSync(path.join(folder, 'log'), wroteAtMs / 1000, wroteAtMs / 1000);
  const iso = (ms: number) => new Date(ms).toISOString();
  const found = async () => {
    events = [];
    state.change({ wanted: 'running', crashesAtMs: [] });
    engine.fails = 0;
    await open().adopt();
    await vi.waitFor(() => expect(events.map(({ code }) => code)).toEqual(['engine-crashed', 'engine-restarted']), 10_000);
    await supervisor.close();
    return events.map(({ sentence }) => sentence);
  };
  bootedAtMs = wroteAtMs + hourMs;
  for (const said of await found()) expect(said).toContain(`ended between ${iso(wroteAtMs)} and ${iso(wroteAtMs + hourMs)}`);
  expect(events[0]?.atMs).toBe(wroteAtMs + hourMs);
  bootedAtMs = wroteAtMs - hourMs;
  for (const said of await found()) expect(said).toContain(`ended between ${iso(wroteAtMs)} and `);
  expect(events[0]?.atMs).toBeGreaterThan(wroteAtMs + 2 * hourMs);
});
