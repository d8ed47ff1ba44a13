import { setTimeout as sleep } from 'node:timers/promises';

const intervalMs = 2000;
/** Where a login takes a new process, it costs as much as half a minute of looks. */
const restingIntervalMs = 10_000;
const patienceMs = 200;

/** The most one login may take before it counts as not answered. */
export const loginDeadlineMs = 1500;

export type LoginView = { accepts: boolean; timedOut: boolean; error: string | null };
export type LoginProbe = ReturnType<typeof createLoginProbe>;
const unknown: LoginView = { accepts: false, timedOut: false, error: null };

/**
 * Logs in as an account without rights every ten seconds, beside the beat; every two where connections became more, or are not known.
 * Such an account is refused exactly when tenants are (all connections taken, server shutting down); an administrator has seats reserved
 * and would see nothing. `logIn` never throws.
 */
export function createLoginProbe(logIn: () => Promise<LoginView>) {
  let view = unknown;
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let connectionsThen = 0;
  let running = false;
  let life = 0;
  let latest: Promise<void> | null = null;

  const probe = async () => {
    const own = life;
    const next = await logIn();
    if (own !== life) return;
    view = next;
    running = false;
  };
  return {
    /** The latest view; a probe that hangs shows at once when its time is over. */
    look: async (nowMs: number, connections: number | null): Promise<LoginView> => {
      const dueMs = connections !== null && connections <= connectionsThen ? restingIntervalMs : intervalMs;
      if (!running && (!view.accepts || nowMs - startedAtMs >= dueMs)) {
        running = true;
        startedAtMs = nowMs;
        connectionsThen = connections ?? 0;
        latest = probe();
      }
      // A moment's patience instead of an answer that was right before: a server that has just come to take logins says so in this beat.
      if (!view.accepts) await Promise.race([latest, sleep(patienceMs)]);
      return view;
    },
    reset: () => {
      life += 1;
      running = false;
      startedAtMs = Number.NEGATIVE_INFINITY;
      latest = null;
      view = unknown;
    },
  };
}
