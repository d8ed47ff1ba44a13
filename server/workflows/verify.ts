import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { getDatastore } from '#contract/datastores/index.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { toStatusFacts } from '#contract/resources/instance.ts';
import { deriveOperatingStatus } from '#contract/status.ts';
import { compareVersions } from '#contract/upgrades.ts';
import type { StepContext, WorkflowContext } from './workflow.ts';

type Looker = Pick<WorkflowContext, 'instance'>;

/** Waits until the agent sees a database that is well, and until its port takes a connection from here. */
export async function verifyHealthy(context: Looker, step: StepContext, deadlineMs = 60_000): Promise<void> {
  await waitForFacts(context, step, deadlineMs, (instance) => {
    const status = deriveOperatingStatus(toStatusFacts(instance), Date.now());
    if (status !== 'HEALTHY' && status !== 'RESTART_REQUIRED') return false;
    return instance.role !== 'replica' || instance.guest?.replication?.connected === true;
  });
  const { host, port, datastore } = await context.instance();
  const { speaksTlsFirst = false } = getDatastore(datastore);
  await step.waitFor(async () => ((await acceptsConnections(host, port ?? 0, speaksTlsFirst)) ? true : null), {
    deadlineMs: 20_000,
    everyMs: 200,
    sentence: () => `${host}:${port} does not take connections.`,
  });
}

/** Waits until what the agent reports is as wanted; the sentence says what it was last. */
export async function waitForFacts(
  context: Looker,
  step: StepContext,
  deadlineMs: number,
  isWanted: (instance: Instance) => boolean,
): Promise<Instance> {
  let last: Instance | null = null;
  return step.waitFor(
    async () => {
      last = await context.instance();
      return isWanted(last) ? last : null;
    },
    {
      deadlineMs,
      everyMs: 40,
      sentence: () => `After ${Math.round(deadlineMs / 1000)} s the agent still reports: ${sayFacts(last)}.`,
    },
  );
}

function sayFacts(instance: Instance | null): string {
  const guest = instance?.guest;
  if (!guest) return 'nothing';
  const words = [guest.processState, guest.acceptsLogins ? null : 'refusing logins', guest.acceptsWrites ? null : 'not writable'];
  if (guest.role === 'replica' && guest.replication?.connected !== true) words.push('not connected to its source');
  if (guest.version) words.push(`version ${guest.version}`);
  return [...words, guest.lastError].filter((word) => word !== null).join(', ');
}

/** What the engine itself answers is what counts, not which file was started. */
export async function verifyVersion(
  { tools }: Pick<WorkflowContext, 'tools'>,
  inside: StepContext,
  id: string,
  full: string,
): Promise<void> {
  const member = {
    instance: async () => {
      const found = await tools.store.instances.findForControlPlane(id);
      if (found === null) throw new GuestboardError('not-found', 'The instance does not exist any more.');
      return found;
    },
  };
  if ((await member.instance()).desiredState !== 'running') return;
  // Asked now: what was reported a moment ago may still be of the life before, of its source's, too.
  let running: string | null = null;
  await inside.waitFor(
    async () => {
      const { version, role, replication } = await inside.query(id, 'lifecycle.probe', {});
      running = version;
      const isFollowing = role !== 'replica' || replication?.connected === true;
      return isFollowing && running !== null && compareVersions(running, full) === 0 ? true : null;
    },
    {
      deadlineMs: 60_000,
      sentence: () => `It answers as version ${running ?? 'unknown'}, although ${full} is installed, or does not follow.`,
    },
  );
  // Pages show what was reported: green with the number of before would be said of the life before.
  await waitForFacts(member, inside, 60_000, ({ guest }) => guest?.version != null && compareVersions(guest.version, full) === 0);
  await verifyHealthy(member, inside, 120_000);
}

/** Whose certificate it shows is the clients' concern, who verify it. */
function acceptsConnections(host: string, port: number, isSecure: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const address = { host, port, timeout: 2000 };
    const socket = isSecure ? connectSecurely({ ...address, rejectUnauthorized: false }) : connect(address);
    // In order: a handshake that is not over on the other side would be told as a failed one.
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      socket.end();
      resolve(true);
    });
    const giveUp = () => {
      socket.destroy();
      resolve(false);
    };
    socket.once('timeout', giveUp);
    socket.on('error', giveUp);
  });
}
