import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandInput } from '#contract/guest/commands.ts';
import { inClear } from '../../secrets-in-clear.ts';
import { readFileIfThere, writeFile } from '../../write-file.ts';
import { type Account, readCarried } from './access.ts';
import { type Client, errorWord, open } from './connections.ts';
import { carrierUser, type Place } from './place.ts';
import type { Source } from './settings.ts';

export type SourceAddress = CommandInput<'replication.follow'>['source'];

/** What the source says of itself: how far it has written, and the tenants' accounts, which Redis itself copies to nobody. */
export type SourceState = { isReplica: boolean; position: number; accounts: Account[] | null };

/** Proves that the source is there, is of this authority and lets us in; then puts down how the server reaches it. */
export async function rememberSource(place: Place, address: SourceAddress, signal: AbortSignal): Promise<Source> {
  const { host, port, user, caPem } = address;
  const password = inClear(address.password);
  await proveSource({ host, port, user, password, caPem }, signal);
  await writeFile(place.sourceCaFile, caPem);
  await writeFile(place.sourceSecretFile, `${password}\n`);
  return { host, port, user };
}

/** A lasting connection to the source with the copying account. */
export async function connectSource(place: Place, { host, port, user }: Source, signal?: AbortSignal): Promise<Client> {
  const [password, caPem] = [await readFileIfThere(place.sourceSecretFile), await readFileIfThere(place.sourceCaFile)];
  if (password === null || caPem === null) throw new GuestboardError('engine-unavailable', 'How the source is reached is not known here.');
  return openLink({ host, port, user, password: password.trim(), caPem }, signal);
}

export async function askSource(client: Client): Promise<SourceState> {
  const [role, offset] = (await client.ask('ROLE')) as [string, number];
  return { isReplica: role !== 'master', position: Number(offset), accounts: readCarried(await client.ask('ACL', 'GETUSER', carrierUser)) };
}

type Link = Source & { password: string; caPem: string };

/** Its certificate must come from the project's authority; it names the guest's public address, which inside the host may be another. */
function openLink({ host, port, user, password, caPem }: Link, signal?: AbortSignal): Promise<Client> {
  const socket = { host, port, tls: true as const, ca: caPem, checkServerIdentity: () => undefined };
  return open(socket, { user, password: () => password }, { connectTimeoutMs: 3000, signal });
}

/** Tries again while it starts. */
async function proveSource(link: Link, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const client = await openLink(link, signal);
      const { isReplica } = await askSource(client).finally(() => client.cut());
      if (isReplica) throw new GuestboardError('conflict', 'The source is a replica itself. Follow the one it follows.');
      return;
    } catch (error) {
      const isPassing = errorWord(error) === 'LOADING' || (error instanceof GuestboardError && /ECONN|ETIMEDOUT/.test(error.detail ?? ''));
      if (tries >= 10 || !isPassing) throw error;
      await sleep(500, undefined, { signal });
    }
  }
}
