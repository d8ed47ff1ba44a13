import { readFileSync } from 'node:fs';
import { GuestIdentity } from '#contract/guest/identity.ts';
import { version } from '../package.json';

export type AgentConfig = { identity: GuestIdentity; agentVersion: string };

/** GUESTBOARD_IDENTITY names the guest's identity.json; there is nothing else to configure. Throws a sentence. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): AgentConfig {
  const file = environment.GUESTBOARD_IDENTITY;
  if (file === undefined || file === '') throw new Error('GUESTBOARD_IDENTITY does not name an identity file.');
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`The identity file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const identity = GuestIdentity.safeParse(content);
  if (!identity.success) {
    const [issue] = identity.error.issues;
    throw new Error(`The identity file ${file} is not complete: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return { identity: identity.data, agentVersion: version };
}
