import type { Namespace } from 'socket.io';
import { type Fault, toFault } from '#contract/errors.ts';
import { GuestHello, protocolVersions } from '#contract/guest/identity.ts';
import type { AuthenticateGuest, ConnectedGuest } from '../bus.ts';

type Admission = { guest: ConnectedGuest } | { refused: Fault };
type Applicant = { hello: unknown; address: string; guests: Namespace; authenticate: AuthenticateGuest; now: () => number };

/** Whether a connection may come in: readable, a protocol both speak, the right token, and no newer boot of the same guest there. */
export async function admitGuest({ hello: input, address, guests, authenticate, now }: Applicant): Promise<Admission> {
  const parsed = GuestHello.safeParse(input);
  if (!parsed.success) return { refused: { code: 'invalid-input', sentence: 'The agent’s hello cannot be read.' } };
  const hello = parsed.data;
  const protocol = protocolVersions.find((version) => hello.protocolVersions.includes(version));
  if (protocol === undefined) {
    const theirs = hello.protocolVersions.join(', ') || 'none';
    return {
      refused: {
        code: 'protocol-unsupported',
        sentence: `The agent speaks guest protocol ${theirs}; this server speaks ${protocolVersions.join(', ')}.`,
      },
    };
  }
  try {
    const known = await authenticate(hello, { address });
    if ('refused' in known) return known;
    if (await hasNewerBoot(guests, known.instanceId, hello)) {
      return { refused: { code: 'conflict', sentence: 'A newer agent of this guest is connected.' } };
    }
    const { bootId, bootedAtMs, agentVersion } = hello;
    const connectedAtMs = now();
    const clockSkewMs = hello.clockMs - connectedAtMs;
    return { guest: { instanceId: known.instanceId, bootId, bootedAtMs, agentVersion, protocol, clockSkewMs, connectedAtMs } };
  } catch (error) {
    return { refused: toFault(error) };
  }
}

/** Looks on every replica, but not for long: a replica that died a moment ago must not keep guests out. */
async function hasNewerBoot(guests: Namespace, instanceId: string, hello: GuestHello): Promise<boolean> {
  const others = await Promise.race([
    guests.in(`guest:${instanceId}`).fetchSockets(),
    new Promise<never[]>((resolve) => setTimeout(() => resolve([]), 500).unref()),
  ]).catch(() => []);
  return others.some((other) => {
    const guest = other.data.guest as ConnectedGuest | undefined;
    return guest !== undefined && guest.bootId !== hello.bootId && guest.bootedAtMs > hello.bootedAtMs;
  });
}
