import { toFault } from '#contract/errors.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Tx } from '../store/database.ts';
import { isOutage } from '../store/outage.ts';
import { isStale } from './step-context.ts';
import type { StepContext, WorkflowTools } from './workflow.ts';

type Tools = Pick<WorkflowTools, 'store'>;

/** A replica from before replicas took their source's configuration group has none: in its place it takes it now. */
export async function inheritGroup({ store }: Tools, tx: Tx, before: Instance | undefined, { id, configurationGroupId }: Instance) {
  const inherited = before?.configurationGroupId ?? null;
  if (configurationGroupId === null && inherited !== null) await store.instances.takeGroup(tx, id, inherited);
}

/** Applies a group whose values never were here. The promotion has gone well by then: what fails is said, and fails nothing else. */
export async function applyInherited({ store }: Tools, step: StepContext, instance: Instance): Promise<string | null> {
  const { id: instanceId, projectId, configurationGroupId, appliedValues } = instance;
  const group = configurationGroupId === null ? null : await store.configurationGroups.findForControlPlane(configurationGroupId);
  if (group === null || appliedValues !== null) return null;
  try {
    const { restartRequired } = await step.command(instanceId, 'configuration.apply', { parameters: group.values });
    await store.transact((tx) => store.instances.change(tx, instanceId, { appliedValues: group.values }));
    return `configuration group ${group.name} applied${restartRequired ? ', a restart is required for some of it' : ''}`;
  } catch (error) {
    if (isStale(error) || isOutage(error)) throw error;
    const cause = toFault(error);
    const sentence = `The configuration group ${group.name} of the source before it is not applied: ${cause.sentence} Apply it on the Configuration tab.`;
    const said = { code: 'group-not-applied', tone: 'attention' as const, sentence, detail: cause.detail ?? null, at: new Date() };
    await store.transact((tx) => store.events.record(tx, { projectId, instanceId, ...said }));
    return null;
  }
}
