import { context, type TestGuest } from './guest.testsuite.ts';

export const copying = { user: 'guestboard_repl', password: 'Copying-secret-of-the-set-1' };

export function toSource(guest: TestGuest, slot: string) {
  return { host: '127.0.0.1', port: guest.identity.port, ...copying, slot, caPem: guest.tls.caPem, copyPort: copyPorts.get(guest) ?? null };
}

/** Where each source gives out its copy, as it said last. */
const copyPorts = new WeakMap<TestGuest, number | null>();

export async function admit(guest: TestGuest, slot: string): Promise<void> {
  const { copyPort } = await guest.engine.replication.admitReplica({ ...copying, slot, cidr: '127.0.0.1/32' }, context());
  copyPorts.set(guest, copyPort);
}
