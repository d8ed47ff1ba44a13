import { GuestboardError } from '#contract/errors.ts';
import type { CommandInput } from '#contract/guest/commands.ts';
import { writeFile } from './write-file.ts';

/** On the bus a password arrives opened; a reference here means that somebody forgot. */
export function inClear(password: string | { secretId: string }): string {
  if (typeof password === 'string') return password;
  throw new GuestboardError('internal', 'The password did not arrive in the clear.');
}

/** The server's certificate and key, where only the guest's account reads them. */
export async function writeTls(
  place: { certificateFile: string; keyFile: string },
  tls: CommandInput<'lifecycle.initialise'>['tls'],
): Promise<void> {
  if (typeof tls.key.password !== 'string') throw new GuestboardError('internal', 'The certificate’s key did not arrive in the clear.');
  await writeFile(place.certificateFile, tls.certificatePem);
  await writeFile(place.keyFile, tls.key.password);
}
