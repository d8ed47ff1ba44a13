import { signOut } from '#client/session.ts';
import { notifyProblem } from '#components/ui/notify.ts';

/** Signs out and goes to the sign-in page; says so where that did not work. */
export async function leave(): Promise<void> {
  try {
    await signOut();
    location.assign('/sign-in');
  } catch (error) {
    notifyProblem(error);
  }
}
