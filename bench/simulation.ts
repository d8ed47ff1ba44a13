import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { SimulatedGuest } from './simulated-report.ts';

/** What the simulating process reads. `as-written`: at most `window` heartbeats may be on their way and not yet written down. */
export type Simulation = { url: string; guests: SimulatedGuest[]; pace: { kind: 'each-second' } | { kind: 'as-written'; window: number } };
export type ToGuests = { kind: 'begin' } | { kind: 'written'; count: number } | { kind: 'stop' };
export type FromGuests =
  | { kind: 'connected' }
  | { kind: 'refused'; sentence: string }
  | { kind: 'stopped'; sent: number; last: Record<string, number> };

export type SimulatedGuests = {
  begin(): void;
  written(count: number): void;
  /** Sends no more; answers the last sequence of every guest. The guests stay connected until `end`. */
  stop(): Promise<{ sent: number; last: Record<string, number> }>;
  end(): Promise<void>;
};

/** Starts the simulating process and waits until all its guests are connected. Tokens travel in a 0600 file, never in argv. */
export async function simulateGuests(folder: string, simulation: Simulation, say: (line: string) => void): Promise<SimulatedGuests> {
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/simulation.json`;
  writeFileSync(file, JSON.stringify(simulation), { mode: 0o600 });
  const child = fork('bench/simulated-guests.ts', [file], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  child.stdout?.on('data', (chunk) => say(`        ${String(chunk).trim()}`));
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const next = <K extends FromGuests['kind']>(kind: K) =>
    new Promise<Extract<FromGuests, { kind: K }>>((resolve, reject) => {
      child.on('message', (message: FromGuests) => {
        if (message.kind === kind) resolve(message as Extract<FromGuests, { kind: K }>);
        if (message.kind === 'refused') reject(new Error(`A simulated guest was refused: ${message.sentence}`));
      });
      void ended.then(() => reject(new Error('The simulating process ended early.')));
    });
  await next('connected');
  const tell = (message: ToGuests) => child.connected && child.send(message);
  return {
    begin: () => tell({ kind: 'begin' }),
    written: (count) => tell({ kind: 'written', count }),
    stop: () => {
      const stopped = next('stopped');
      tell({ kind: 'stop' });
      return stopped;
    },
    end: async () => {
      child.disconnect();
      await ended;
    },
  };
}
