import { type LoginView, loginDeadlineMs } from '../../login-probe.ts';
import { close, connect, sqlState, toEngineError } from './connections.ts';
import { type Place, probeRole } from './place.ts';

/** One login as the account without rights. */
export async function logIn(place: Place): Promise<LoginView> {
  try {
    const client = await connect(place, { user: probeRole, connectTimeoutMs: loginDeadlineMs });
    close(client);
    return { accepts: true, timedOut: false, error: null };
  } catch (error) {
    const detail = toEngineError(error).detail ?? null;
    const answered = sqlState(error) !== null;
    // On a replica of another maker the account may be missing; whoever answers that takes logins.
    if (sqlState(error) === '28000' && detail?.includes('does not exist')) return { accepts: true, timedOut: false, error: null };
    return { accepts: false, timedOut: !answered, error: detail };
  }
}
