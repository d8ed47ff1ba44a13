import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GuestboardError } from '#contract/errors.ts';
import type { GuestHello } from '#contract/guest/identity.ts';
import type { Report, ReportBody } from '#contract/guest/reports.ts';
import type { AuthenticateGuest, ControlBus, GuestBus, GuestHandlers } from './bus.ts';

/** What an implementation gives the suite. `cut` breaks every connection without a goodbye; `restart` stops the control plane and starts another. */
export type BusUnderTest = {
  control(): ControlBus;
  connectGuest(hello: () => GuestHello): GuestBus;
  cut(): void;
  restart(): Promise<void>;
  close(): Promise<void>;
};

const instanceId = '0192f3a0-0000-7000-8000-000000000001';
const token = 'a-right-token';

/** What every bus must do; run by each implementation's test. */
export function testBus(name: string, open: (authenticate: AuthenticateGuest) => Promise<BusUnderTest>) {
  describe(name, () => {
    let bus: BusUnderTest;
    const opened: GuestBus[] = [];
    const connect = (hello: Partial<GuestHello> = {}, handlers: Partial<GuestHandlers> = {}) => {
      const guest = bus.connectGuest(() => makeHello(hello));
      guest.serve({
        deliver: async () => ({ state: 'accepted' }),
        call: async (_name, input) => input,
        cancel: () => {},
        ...handlers,
      });
      opened.push(guest);
      return guest;
    };

    beforeEach(async () => {
      bus = await open(async (hello) =>
        hello.token === token
          ? { instanceId: hello.instanceId }
          : { refused: { code: 'wrong-credentials', sentence: 'The token is wrong.' } },
      );
    });
    afterEach(async () => {
      for (const guest of opened.splice(0)) await guest.close();
      await bus.close();
    });

    test('welcomes a guest with the newest protocol both speak and tells its presence', async () => {
      const presences: string[] = [];
      bus
        .control()
        .onPresence(({ state, guest }) => presences.push(`${state} ${guest.instanceId} ${guest.protocol} ${guest.agentVersion}`));
      const guest = connect({ protocolVersions: [99, 1] });
      const welcomed = new Promise((resolve) => guest.onConnected(resolve));
      expect(await welcomed).toMatchObject({ protocol: 1, serverMs: expect.any(Number) });
      expect(bus.control().holds(instanceId)).toBe(true);
      await guest.close();
      await vi.waitFor(() => expect(presences).toEqual([`connected ${instanceId} 1 test`, `disconnected ${instanceId} 1 test`]), 10_000);
      expect(bus.control().holds(instanceId)).toBe(false);
    });

    test('refuses a wrong token and an unknown protocol with a code and a sentence', async () => {
      const refusal = (hello: Partial<GuestHello>) => {
        const guest = connect(hello);
        return new Promise((resolve) => guest.onRefused(resolve));
      };
      expect(await refusal({ token: 'guessed' })).toEqual({ code: 'wrong-credentials', sentence: 'The token is wrong.' });
      expect(await refusal({ protocolVersions: [98, 99] })).toMatchObject({ code: 'protocol-unsupported' });
      expect(bus.control().holds(instanceId)).toBe(false);
    });

    test('what is asked of a guest that is not ready yet is answered as soon as it is', async () => {
      const guest = bus.connectGuest(() => makeHello({}));
      opened.push(guest);
      await connected(guest);
      const delivered = bus
        .control()
        .deliver(instanceId, { commandId: 'c', name: 'lifecycle.start', epoch: 1, deadlineMs: 0, input: {} }, 5000);
      const called = bus.control().call(instanceId, 'lifecycle.probe', { asked: 1 }, 5000);
      await new Promise((resolve) => setTimeout(resolve, 100));
      guest.serve({ deliver: async () => ({ state: 'ended' }), call: async (_name, input) => input, cancel: () => {} });
      expect(await Promise.all([delivered, called])).toEqual([{ state: 'ended' }, { asked: 1 }]);
    });

    test('carries reports in order, with the sender known by its token', async () => {
      const received = collect(bus.control());
      const guest = connect();
      await connected(guest);
      for (let sequence = 1; sequence <= 200; sequence++) guest.cast(makeReport(sequence, sequence % 10 === 0 ? event : progress));
      await vi.waitFor(() => expect(received.length).toBe(200), 5000);
      expect(received.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    });

    test('drops volatile reports without a connection and sends the others when there is one', async () => {
      const received = collect(bus.control());
      const guest = connect();
      const acknowledged: number[] = [];
      guest.onAcknowledged((report) => acknowledged.push(report.sequence));
      expect(guest.cast(makeReport(1, progress))).toBe(false);
      guest.cast(makeReport(2, event));
      guest.cast(makeReport(3, event));
      await vi.waitFor(() => expect(acknowledged).toEqual([2, 3]), 5000);
      expect(received.map(({ sequence }) => sequence)).toEqual([2, 3]);
    });

    test('sends what was not written down again, until it is', async () => {
      let failures = 2;
      const seen: number[] = [];
      bus.control().onReport(async (_guest, report) => {
        seen.push((report as Report).sequence);
        if (failures-- > 0) throw new Error('the store is away');
      });
      const guest = connect();
      const acknowledged = new Promise<Report>((resolve) => guest.onAcknowledged(resolve));
      guest.cast(makeReport(7, event));
      expect((await acknowledged).sequence).toBe(7);
      expect(seen).toEqual([7, 7, 7]);
    });

    test('sends what was not acknowledged again after the control plane was restarted, and serves the new one', async () => {
      bus.control().onReport(() => new Promise(() => {}));
      const guest = connect();
      await connected(guest);
      guest.cast(makeReport(1, event));
      const again = connected(guest);
      await bus.restart();
      const received = collect(bus.control());
      await again;
      await vi.waitFor(() => expect(received.map(({ sequence }) => sequence)).toEqual([1]), 5000);
      expect(await bus.control().call(instanceId, 'lifecycle.probe', { n: 1 }, 1000)).toEqual({ n: 1 });
    });

    test('comes back after the line was cut', async () => {
      const guest = connect();
      await connected(guest);
      const again = connected(guest);
      bus.cut();
      await again;
      await vi.waitFor(() => expect(bus.control().holds(instanceId)).toBe(true), 10_000);
    });

    test('of two boots of one guest keeps the newer, whichever connects first', async () => {
      const presences: string[] = [];
      bus.control().onPresence(({ state, guest }) => presences.push(`${state} ${guest.bootId}`));
      const older = connect({ bootId: 'older', bootedAtMs: 1000 }, { call: async () => 'older' });
      await connected(older);
      const newer = connect({ bootId: 'newer', bootedAtMs: 2000 }, { call: async () => 'newer' });
      const refused = new Promise((resolve) => older.onRefused(resolve));
      await connected(newer);
      expect(await refused).toMatchObject({ code: 'conflict' });
      expect(await bus.control().call(instanceId, 'lifecycle.probe', {}, 1000)).toBe('newer');
      expect(presences).toEqual(['connected older', 'connected newer']);
    });

    test('delivers a command and brings back its receipt; a cancel arrives', async () => {
      const cancelled: string[] = [];
      const guest = connect(
        {},
        {
          deliver: async ({ commandId }) =>
            commandId === 'b'
              ? { state: 'refused', code: 'busy', sentence: 'lifecycle.start is running.', running: 'a' }
              : { state: 'accepted' },
          cancel: (commandId) => cancelled.push(commandId),
        },
      );
      await connected(guest);
      const command = { name: 'lifecycle.start', epoch: 1, deadlineMs: Date.now() + 1000, input: {} };
      expect(await bus.control().deliver(instanceId, { ...command, commandId: 'a' }, 1000)).toEqual({ state: 'accepted' });
      expect(await bus.control().deliver(instanceId, { ...command, commandId: 'b' }, 1000)).toMatchObject({
        state: 'refused',
        code: 'busy',
      });
      bus.control().cancel(instanceId, 'a');
      await vi.waitFor(() => expect(cancelled).toEqual(['a']), 10_000);
    });

    test('a call ends by its answer, by the guest’s error, by its deadline, or because nobody is there', async () => {
      const outcome = (promise: Promise<unknown>) =>
        promise.catch((error: unknown) => (error instanceof GuestboardError ? error.code : String(error)));
      const call = (name: 'logs.list' | 'logs.read' | 'accounts.listUsers', timeoutMs = 1000) =>
        outcome(bus.control().call(instanceId, name, {}, timeoutMs));
      expect(await call('logs.list')).toBe('agent-unreachable');
      const guest = connect(
        {},
        {
          call: (name) => {
            if (name === 'logs.list') return Promise.resolve({ logs: [] });
            if (name === 'logs.read') return Promise.reject(new GuestboardError('not-found', 'There is no such log.'));
            return new Promise(() => {});
          },
        },
      );
      await connected(guest);
      expect(await call('logs.list')).toEqual({ logs: [] });
      expect(await call('logs.read')).toBe('not-found');
      expect(await call('accounts.listUsers', 300)).toBe('agent-timeout');
      const lost = call('accounts.listUsers', 10_000);
      await guest.close();
      expect(await lost).toBe('agent-unreachable');
    });
  });
}

const event: ReportBody = { type: 'event', code: 'test', tone: 'info', sentence: 'Something happened.', atMs: 1, detail: null };
const progress: ReportBody = {
  type: 'command-progress',
  commandId: 'c',
  done: 1,
  total: 2,
  unit: 'items',
  ratePerSecond: null,
  detail: null,
};

function makeHello(changed: Partial<GuestHello>): GuestHello {
  return {
    instanceId,
    token,
    protocolVersions: [1],
    agentVersion: 'test',
    bootId: 'boot',
    bootedAtMs: 1000,
    clockMs: Date.now(),
    ...changed,
  };
}

function makeReport(sequence: number, body: ReportBody): Report {
  return { protocol: 1, instanceId, bootId: 'boot', bootedAtMs: 1000, sequence, sentAtMs: Date.now(), body };
}

function collect(control: ControlBus): Report[] {
  const received: Report[] = [];
  control.onReport(async (guest, report) => {
    expect(guest.instanceId).toBe(instanceId);
    received.push(report as Report);
  });
  return received;
}

function connected(guest: GuestBus): Promise<void> {
  return new Promise((resolve) => guest.onConnected(() => resolve()));
}
