import { send } from './api.ts';
import { ApiProblem } from './problem.ts';

/** Signs a person in by name; the session travels in an httpOnly cookie. */
export async function signIn(username: string, password: string): Promise<void> {
  const response = await post('/api/auth/sign-in/username', { username, password });
  if (response.ok) return;
  if (response.status === 429)
    throw new ApiProblem({ code: 'too-many-attempts', status: 429, title: 'Too many failed sign-ins. Wait a minute, then try again.' });
  if (response.status < 500)
    throw new ApiProblem({ code: 'wrong-credentials', status: response.status, title: 'The name or the password is wrong.' });
  throw new ApiProblem({
    code: 'internal',
    status: response.status,
    title: `Sign-in failed: the control plane answered ${response.status}.`,
  });
}

export async function signOut(): Promise<void> {
  await post('/api/auth/sign-out', {});
}

function post(url: string, body: unknown): Promise<Response> {
  return send(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}
