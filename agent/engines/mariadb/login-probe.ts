import { setTimeout as sleep } from 'node:timers/promises';
import { connect, errorNumber, toEngineError } from './connections.ts';
import { type Place, probeUser } from './place.ts';

const intervalMs = 2000;
const deadlineMs = 1500;
const patienceMs = 200;

export type LoginView = { accepts: boolean; timedOut: boolean; error: string | null };
const unknown: LoginView = { accepts: false, timedOut: false, error: null };

/**
 * Logs in as an account without rights every two seconds, beside the beat. Such an account is refused exactly when tenants are
 * (all connections taken, server shutting down); an administrator has a seat more and would see nothing.
 */
export function createLoginProbe(place: Place) {
  let view = unknown;
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let running = false;
  let life = 0;
  let first: Promise<void> | null = null;

  const probe = async () => {
    const own = life;
    const next = await logIn(place);
    if (own !== life) return;
    view = next;
    running = false;
  };
  return {
    /** The latest view; a probe that hangs shows at once when its time is over. */
    look: async (nowMs: number): Promise<LoginView> => {
      if (!running && nowMs - startedAtMs >= (view.accepts ? intervalMs : intervalMs / 4)) {
        running = true;
        startedAtMs = nowMs;
        const done = probe();
        first ??= done;
      }
      // Nothing is known yet in this life of the server: a moment's patience instead of a wrong answer.
      if (view === unknown) await Promise.race([first, sleep(patienceMs)]);
      return view;
    },
    reset: () => {
      life += 1;
      running = false;
      startedAtMs = Number.NEGATIVE_INFINITY;
      first = null;
      view = unknown;
    },
  };
}

async function logIn(place: Place): Promise<LoginView> {
  try {
    (await connect(place, { user: probeUser, connectTimeoutMs: deadlineMs })).close();
    return { accepts: true, timedOut: false, error: null };
  } catch (error) {
    return { accepts: false, timedOut: errorNumber(error) === null, error: toEngineError(error).detail ?? null };
  }
}
