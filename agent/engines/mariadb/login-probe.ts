import { type LoginView, loginDeadlineMs } from '../../login-probe.ts';
import { connect, errorNumber, toEngineError } from './connections.ts';
import { type Place, probeUser } from './place.ts';

/** One login as the account without rights. */
export async function logIn(place: Place): Promise<LoginView> {
  try {
    (await connect(place, { user: probeUser, connectTimeoutMs: loginDeadlineMs })).close();
    return { accepts: true, timedOut: false, error: null };
  } catch (error) {
    return { accepts: false, timedOut: errorNumber(error) === null, error: toEngineError(error, place.dialect).detail ?? null };
  }
}
