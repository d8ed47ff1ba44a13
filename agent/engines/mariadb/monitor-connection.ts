import { type Client, connect, toEngineError } from './connections.ts';
import { type Look, readLook } from './metrics.ts';
import type { Place } from './place.ts';

/** `late`: no answer yet; the question stays open and the next one waits for the same answer. `closed`: no connection could be had. */
export type Answer =
  | { kind: 'seen'; look: Look }
  | { kind: 'failed'; error: Error }
  | { kind: 'late' }
  | { kind: 'closed'; error: string | null };

/** The one lasting connection of the monitor: opened beside the beat, since a server that does not answer must not hold one up. */
export function createMonitorConnection(place: Place) {
  let client: Client | null = null;
  let opening: Promise<void> | null = null;
  let openError: string | null = null;
  let asking: Promise<Answer> | null = null;
  let life = 0;

  const drop = () => {
    life += 1;
    client?.cut();
    client = null;
    asking = null;
    opening = null;
  };
  const openBeside = () => {
    if (opening !== null) return opening;
    const own = life;
    const mine = connect(place, { connectTimeoutMs: 1500, statementTimeoutMs: 2000 })
      .then(
        (opened) => {
          if (own !== life) return opened.close();
          client = opened;
          openError = null;
          opened.onEnd(() => {
            if (client === opened) drop();
          });
        },
        (error) => {
          openError = toEngineError(error).detail ?? null;
        },
      )
      .finally(() => {
        if (opening === mine) opening = null;
      });
    opening = mine;
    return mine;
  };

  return {
    ask: async (deadlineMs: number): Promise<Answer> => {
      const end = performance.now() + deadlineMs;
      if (client === null) await within(openBeside(), deadlineMs);
      if (client === null) return { kind: 'closed', error: openError };
      asking ??= query(client);
      const mine = asking;
      const answer = await within(mine, end - performance.now());
      if (answer === undefined) return { kind: 'late' };
      if (asking === mine) asking = null;
      if (answer.kind === 'failed') drop();
      return answer;
    },
    drop,
  };
}

async function query(client: Client): Promise<Answer> {
  try {
    return { kind: 'seen', look: await readLook(client) };
  } catch (error) {
    return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function within<T>(work: Promise<T>, deadlineMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, deadlineMs), undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
