import { type LoginView, loginDeadlineMs } from '../../login-probe.ts';
import { connect, noAnswer, toEngineError } from './connections.ts';
import { type Place, probeUser } from './place.ts';

/** One login as the account without rights. */
export async function logIn(place: Place): Promise<LoginView> {
  try {
    (await connect(place, { user: probeUser, connectTimeoutMs: loginDeadlineMs })).cut();
    return { accepts: true, timedOut: false, error: null };
  } catch (error) {
    const { detail = null } = toEngineError(error);
    return { accepts: false, timedOut: detail === noAnswer, error: detail };
  }
}
