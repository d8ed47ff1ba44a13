import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { EngineHost } from '../../engine.ts';
import { type Client, errorWord, withClient } from './connections.ts';
import type { Place } from './place.ts';

/** Knows since when a script keeps the server from everything else, and leaves word when that begins and ends. Milliseconds since the epoch. */
export type ScriptWatch = {
  nowMs(): number;
  /** The server answered: nothing keeps it. */
  answered(): void;
  /** The server said that it is busy. Answers since when, at most a beat too early; a script found by a new agent counts from then. */
  busy(): number;
  /** The same as a sentence. */
  sentence(): string;
};

export function createScriptWatch({ now, event }: Pick<EngineHost, 'now' | 'event'>): ScriptWatch {
  let answeredAtMs: number | null = null;
  let sinceMs: number | null = null;
  const tell = (fromMs: number) =>
    `A script has kept Redis from everything else since ${new Date(fromMs).toISOString()}. Cancel it among the connections.`;
  const busy = () => {
    if (sinceMs !== null) return sinceMs;
    sinceMs = answeredAtMs ?? now();
    event({ code: 'script-busy', tone: 'attention', sentence: tell(sinceMs) });
    return sinceMs;
  };
  return {
    nowMs: now,
    answered: () => {
      answeredAtMs = now();
      if (sinceMs === null) return;
      const seconds = Math.round((answeredAtMs - sinceMs) / 1000);
      sinceMs = null;
      event({
        code: 'script-ended',
        tone: 'good',
        sentence: `The script that kept Redis busy for ${seconds} s has ended: it answers again.`,
      });
    },
    busy,
    sentence: () => tell(busy()),
  };
}

export function isBusy(error: unknown): boolean {
  return errorWord(error) === 'BUSY';
}

/** Of a function the server tells the command that called it; of a script that came with EVAL it tells nothing. */
export async function findFunctionCall(client: Client): Promise<{ words: string; durationMs: number } | null> {
  const stats = await client.ask('FUNCTION', 'STATS').catch(() => null);
  const running = pickValue(stats, 'running_script');
  const [command, durationMs] = [pickValue(running, 'command'), pickValue(running, 'duration_ms')];
  return Array.isArray(command) ? { words: command.slice(0, 3).map(String).join(' '), durationMs: Number(durationMs) } : null;
}

/** Returns when the server answers again; gone already is fine. What it has written by then the server does not undo, and says so instead. */
export async function endScript(client: Client, signal?: AbortSignal): Promise<void> {
  await kill(client);
  for (let tries = 0; tries < 100; tries += 1) {
    if (await client.ask('PING').then(() => true, hears)) return;
    await sleep(50, undefined, { signal });
  }
  throw new GuestboardError(
    'engine-error',
    'Redis was told to end the script, but is busy with it after five seconds. Restart the instance.',
  );
}

/** Beside the signal that asks the server to go, which it hears only between commands. Never throws. */
export async function endScriptWhileStopping(place: Place, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // Before the time after which a script is slow, the server does not answer this either.
    const freed = await withClient(place, { client: null }, signal, kill).then(
      () => true,
      (error) => error instanceof GuestboardError && error.code === 'refused',
    );
    if (freed) return;
    await sleep(250, undefined, { signal }).catch(() => {});
  }
}

async function kill(client: Client): Promise<void> {
  // Each of the two ends its own kind, and calls the server busy with the other.
  const answers = [await ask(client, 'SCRIPT'), await ask(client, 'FUNCTION')];
  if (answers.includes('UNKILLABLE'))
    throw new GuestboardError(
      'refused',
      'The script has written already, and Redis does not end such a one. Wait until it ends, or restart the instance: what is not on the disk then, such as all that the script wrote, is lost.',
    );
}

async function ask(client: Client, kind: 'SCRIPT' | 'FUNCTION'): Promise<string> {
  try {
    return String(await client.ask(kind, 'KILL'));
  } catch (error) {
    const word = errorWord(error);
    if (word === null || !['BUSY', 'NOTBUSY', 'UNKILLABLE'].includes(word)) throw error;
    return word;
  }
}

function hears(error: unknown): boolean {
  if (isBusy(error)) return false;
  throw error;
}

function pickValue(map: unknown, name: string): unknown {
  return Array.isArray(map) && map.includes(name) ? map[map.indexOf(name) + 1] : null;
}
