import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { protocolVersions } from '#contract/guest/identity.ts';
import type { GuestBus } from '#drivers/bus/bus.ts';
import { connectGuestBus } from '#drivers/bus/socket/guest.ts';
import { type Boot, type SimulatedGuest, simulateHeartbeat } from './simulated-report.ts';
import type { FromGuests, Simulation, ToGuests } from './simulation.ts';

type Running = { guest: SimulatedGuest; boot: Boot; bus: GuestBus; sequence: number };

/** A process of its own that speaks the real bus for many guests. Its argument is a file with a Simulation. */
const simulation = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Simulation;
const { url, guests, pace } = simulation;
console.log(`SIMULATED: ${guests.length} guests of pid ${process.pid}; the bus is real, no agent and no database is behind them`);
const running = guests.map(connect);
const timers: NodeJS.Timeout[] = [];
let written = 0;
let sent = 0;

await Promise.all(running.map(({ bus }) => new Promise<void>((resolve) => bus.onConnected(() => resolve()))));
tell({ kind: 'connected' });
process.on('message', (message: ToGuests) => {
  if (message.kind === 'written') written = message.count;
  if (message.kind === 'begin') begin();
  if (message.kind === 'stop') void stop();
});
process.on('disconnect', () => process.exit(0));

function connect(guest: SimulatedGuest): Running {
  const boot = { bootId: randomUUID(), bootedAtMs: Date.now() };
  const hello = () => ({
    ...guest,
    ...boot,
    protocolVersions: [...protocolVersions],
    agentVersion: 'simulated',
    clockMs: Date.now(),
  });
  const bus = connectGuestBus({ url, hello });
  bus.serve({
    deliver: async () => ({ state: 'refused', code: 'not-implemented', sentence: 'This guest is simulated.', running: null }),
    call: async () => ({}),
    cancel: () => {},
  });
  bus.onRefused((fault) => tell({ kind: 'refused', sentence: fault.sentence }));
  return { guest, boot, bus, sequence: 0 };
}

function begin() {
  if (pace.kind === 'each-second') {
    for (const [index, one] of running.entries()) {
      // Spread over the second, as agents started at different times are.
      timers.push(setTimeout(() => timers.push(setInterval(() => beat(one), 1000)), (index / running.length) * 1000));
    }
    return;
  }
  let next = 0;
  const { window } = pace;
  const push = () => {
    for (let burst = 0; burst < 200 && sent - written < window; burst++) {
      const one = running[next++ % running.length];
      if (one) beat(one);
    }
    timers[0] = setTimeout(push, 2);
  };
  push();
}

function beat(one: Running) {
  if (one.bus.cast(simulateHeartbeat(one.guest, one.boot, one.sequence + 1, Date.now()))) {
    one.sequence += 1;
    sent += 1;
  }
}

/** Sends no more, and says for each guest the last number it sent; connections stay until the parent goes. */
async function stop() {
  for (const timer of timers) clearTimeout(timer);
  tell({ kind: 'stopped', sent, last: Object.fromEntries(running.map(({ guest, sequence }) => [guest.instanceId, sequence])) });
}

function tell(message: FromGuests) {
  process.send?.(message);
}
