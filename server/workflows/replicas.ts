import { isIPv6 } from 'node:net';
import type { CommandInput } from '#contract/guest/commands.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Tx } from '../store/database.ts';
import { generatePassword } from '../store/operations.ts';
import type { StepContext, WorkflowTools } from './workflow.ts';

type Credentials = Pick<CommandInput<'replication.admitReplica'>, 'user' | 'password' | 'slot'>;
type Parts = Pick<WorkflowTools, 'store' | 'certificates'>;

/** The account and slot a replica copies with: its own, on whichever source it follows; made once. */
async function getCredentials({ store }: Pick<WorkflowTools, 'store'>, replica: Instance): Promise<Credentials> {
  const key = replica.id.replaceAll('-', '').slice(0, 12);
  const secretId = await store.guests.getReplicationSecret(replica.id, async (tx: Tx) =>
    store.secrets.seal(tx, replica.projectId, generatePassword()),
  );
  return { user: `guestboard_repl_${key}`, password: { secretId }, slot: nameSlot(replica.id) };
}

export function nameSlot(instanceId: string): string {
  return `gb_${instanceId.replaceAll('-', '').slice(0, 12)}`;
}

/** Lets the replica copy from the source, and answers how it reaches it. */
export async function admit(parts: Parts, step: StepContext, source: Instance, replica: Instance) {
  const credentials = await getCredentials(parts, replica);
  const cidr = `${replica.host}/${isIPv6(replica.host) ? 128 : 32}`;
  const command = { ...credentials, cidr };
  const { copyPort } = await step.command(source.id, 'replication.admitReplica', command, { deadlineMs: 60_000, key: replica.id });
  const caPem = await parts.certificates.getCaPem(source.projectId);
  return { host: source.host, port: source.port ?? 0, ...credentials, caPem, copyPort };
}

/** A source without replicas is standalone again. */
export async function settleRole({ store }: Pick<WorkflowTools, 'store'>, sourceId: string): Promise<void> {
  const source = await store.instances.findForControlPlane(sourceId);
  if (!source || source.role === 'replica') return;
  const members = await store.instances.listOfProject(source.projectId);
  const role = members.some((member) => member.sourceId === sourceId) ? 'source' : 'standalone';
  if (role !== source.role) await store.transact((tx) => store.instances.change(tx, sourceId, { role }));
}
