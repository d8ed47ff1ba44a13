import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { StreamedProgram } from '#drivers/process/stream-program.ts';
import { type Client, type Seat, withClient } from './connections.ts';
import { askEnd, isKeeping } from './increments.ts';
import { parseInfo } from './info.ts';
import type { Place } from './place.ts';

const pauseMs = 2000;
const tries = 3;

/**
 * Begins a snapshot of which it is known where in the append-only file it was taken: for the milliseconds until the server has split off the
 * process that writes it, writes wait. Where nothing is archived nobody needs to know, and nothing waits. Null where it cannot be known.
 */
export async function beginSnapshot(
  place: Place,
  seat: Seat,
  signal: AbortSignal,
  start: () => StreamedProgram,
): Promise<{ program: StreamedProgram; position: string | null }> {
  if (!isKeeping(place)) return { program: start(), position: null };
  for (let left = tries; left > 0; left -= 1) {
    const found = await withClient(place, seat, signal, (client) => tryStill(place, client, signal, start));
    if (found !== null) return found;
  }
  return { program: start(), position: null };
}

async function tryStill(place: Place, client: Client, signal: AbortSignal, start: () => StreamedProgram) {
  await untilAlone(client, signal);
  const beganMs = performance.now();
  await client.ask('CLIENT', 'PAUSE', String(pauseMs), 'WRITE');
  try {
    // A rewrite that began in between keeps the snapshot waiting.
    if (!(await isAlone(client))) return null;
    const { file, offset } = await askEnd(place, client);
    const program = start();
    const left = AbortSignal.any([signal, AbortSignal.timeout(pauseMs)]);
    // Its first bytes come from the process that was split off.
    const isInTime = await Promise.race([
      once(program.stdout, 'readable', { signal: left }).then(() => true),
      program.ended.then(() => true),
    ]).catch(() => false);
    if (isInTime && performance.now() - beganMs < pauseMs) return { program, position: `${file}:${offset}` };
    program.kill();
    program.stdout.destroy();
    signal.throwIfAborted();
    return null;
  } finally {
    await client.ask('CLIENT', 'UNPAUSE');
  }
}

async function isAlone(client: Client): Promise<boolean> {
  const info = parseInfo(String(await client.ask('INFO', 'persistence')));
  return ['aof_rewrite_in_progress', 'aof_rewrite_scheduled', 'rdb_bgsave_in_progress'].every((name) => info.get(name) === '0');
}

async function untilAlone(client: Client, signal: AbortSignal): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await isAlone(client))) {
    if (performance.now() > end)
      throw new GuestboardError('engine-unavailable', 'Redis is writing its files and does not get done. Try the backup again later.');
    await sleep(50, undefined, { signal });
  }
}
