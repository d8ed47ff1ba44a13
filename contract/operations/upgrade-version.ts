import { z } from 'zod';
import { getDatastore } from '../datastores/definitions.ts';
import type { Instance } from '../resources/instance.ts';
import { listUpgrades, refuseUpgrade } from '../upgrades.ts';
import { defineOperation, type OperationFacts, type Refusal, refuseUnlessRunning, step } from './operation.ts';

/** Newer programs of the version an instance has: its replicas are restarted on them first, so that none ever follows a newer source. */
export const upgradeVersion = defineOperation({
  title: 'Upgrade version',
  verb: 'Upgrade',
  danger: 'interrupts',
  action: 'instance.operate',
  subject: 'instance',
  runningStatus: 'UPGRADE',
  claims: 'set',
  input: z.object({
    /** As the host names it. The instance's own: the newest programs of that. */
    version: z.string().min(1, 'Choose a version.').max(40).meta({ title: 'Version' }),
  }),
  steps: ['switch', 'verify'],
  plan: (facts, { version }) => {
    const replicas = listReplicas(facts).length;
    const order = replicas === 0 ? '' : `its ${replicas === 1 ? 'replica' : `${replicas} replicas`}, then `;
    return [
      step('switch', `Restart ${order}${facts.instance?.name ?? 'it'} on ${nameTarget(facts, version)}`),
      step('verify', 'Verify the version at the engine'),
    ];
  },
  refuse: (facts, input, nowMs) => {
    const refusal = refuseUnlessRunning(facts, nowMs) ?? refuseAbsentReplicas(facts);
    const { instance, versions } = facts;
    if (refusal !== null || instance === null || versions === undefined) return refusal;
    if (input === null)
      return listUpgrades(instance, versions).length > 0 ? null : { reason: refuseUpgrade(instance, versions, instance.version) ?? '' };
    const reason = refuseUpgrade(instance, versions, input.version);
    return reason === null ? null : { reason, field: 'version' };
  },
  confirm: {
    typed: false,
    goes: (facts) => [
      'Every connection is closed; clients must connect again. Open transactions are rolled back.',
      ...(listReplicas(facts).length > 0 ? ['Its replicas are away one after another, before it is.'] : []),
    ],
    stays: () => ['Data, backups, accounts, settings and the address.'],
  },
  sentence: (facts, { version }) => `Upgrading ${facts.instance?.name} to ${nameTarget(facts, version)}.`,
});

function listReplicas({ instance, set }: OperationFacts): Instance[] {
  return set.filter((member) => member.sourceId !== null && member.sourceId === instance?.id);
}

/** One that should run and does not would be left behind on the old programs, and nobody would know why it stays away. */
function refuseAbsentReplicas(facts: OperationFacts): Refusal {
  const absent = listReplicas(facts).find(({ desiredState, guest }) => desiredState === 'running' && guest?.processState !== 'running');
  return absent === undefined ? null : { reason: `Its replica ${absent.name} does not run. Start it, stop it or delete it first.` };
}

function nameTarget({ instance, versions }: OperationFacts, version: string): string {
  if (instance === null) return version;
  const found = versions?.find((one) => one.datastore === instance.datastore && one.version === version);
  return `${getDatastore(instance.datastore).title} ${found?.full ?? version}`;
}
