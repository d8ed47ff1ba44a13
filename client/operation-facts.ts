import { instanceStatuses } from '#contract/health.ts';
import type { Actor } from '#contract/may.ts';
import type { OperationFacts } from '#contract/operations/operation.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { type Browser, useBrowser, useNow } from './browser.ts';
import { useBackups } from './queries/backups.ts';
import { useDatastoreVersions } from './queries/catalogue.ts';
import { useConfigurationGroups } from './queries/configuration-groups.ts';
import { useInstances } from './queries/instances.ts';
import { useActor } from './queries/me.ts';
import { useActiveOperations } from './queries/operations.ts';
import { useQuotas } from './queries/quotas.ts';
import { useStorageTargets } from './queries/storage-targets.ts';

/** What refuse(), plan() and confirm look at, from the cache; null until the person is known. `everything` also loads what a project has: backups, groups, storage targets and quotas; `limits` the quotas alone. */
export function useOperationFacts(
  instance: Instance | null,
  projectId: string,
  { everything = false, limits = everything }: { everything?: boolean; limits?: boolean } = {},
): { facts: OperationFacts | null; nowMs: number } {
  const browser = useBrowser();
  const actor = useActor();
  const instances = useInstances().data?.items ?? [];
  const running = useActiveOperations().data?.items ?? [];
  const backups = useBackups({}, { enabled: everything }).data?.items ?? [];
  const groups = useConfigurationGroups({ enabled: everything }).data?.items ?? [];
  const storageTargets = useStorageTargets({ enabled: everything }).data?.items;
  const quotas = useQuotas(projectId, { enabled: limits }).data?.items ?? [];
  const versions = useDatastoreVersions().data?.items;
  // Only an instance is heard of each second; of backups a page has hundreds of buttons.
  const nowMs = useNow(instance === null ? 10_000 : 1000);
  if (actor === null) return { facts: null, nowMs };
  const facts = toOperationFacts(browser, { actor, instance, projectId, instances, running });
  return {
    facts: {
      ...facts,
      versions,
      backups: backups.filter((backup) => backup.projectId === projectId),
      configurationGroups: groups.filter((group) => group.projectId === projectId),
      quotas,
      ...(storageTargets && { storageTargets: storageTargets.filter((target) => target.projectId === projectId) }),
    },
    nowMs,
  };
}

/** The same without React, for many instances at once; backups and groups are left empty. */
export function toOperationFacts(
  browser: Browser,
  seen: { actor: Actor; instance: Instance | null; projectId: string; instances: readonly Instance[]; running: readonly Operation[] },
): OperationFacts {
  const { instance, projectId, actor } = seen;
  const heard = instance === null ? null : withPulse(browser, instance);
  const root = heard?.sourceId ?? heard?.id;
  const ofProject = seen.instances.filter((member) => member.projectId === projectId);
  const set = root === undefined ? ofProject : ofProject.filter((member) => member.id === root || member.sourceId === root);
  return {
    projectId,
    instance: heard,
    set: set.map((member) => withPulse(browser, member)),
    backups: [],
    configurationGroups: [],
    actor,
    running: heard === null ? null : findRunning(heard, seen.running),
  };
}

/** The same for each of many: every set is found once, so that a thousand chosen of a thousand are a thousand looks. */
export function listOperationFacts(
  browser: Browser,
  seen: { actor: Actor; chosen: readonly Instance[]; instances: readonly Instance[]; running: readonly Operation[] },
): { instance: Instance; facts: OperationFacts }[] {
  const { actor } = seen;
  const sets = new Map<string, Instance[]>();
  for (const member of seen.instances) {
    const root = member.sourceId ?? member.id;
    const set = sets.get(root);
    if (set === undefined) sets.set(root, [member]);
    else set.push(member);
  }
  const operations = new Map(seen.running.map((operation) => [operation.id, operation]));
  return seen.chosen.map((instance) => {
    const held = instance.operationId === null ? undefined : operations.get(instance.operationId);
    const instances = sets.get(instance.sourceId ?? instance.id) ?? [];
    const running = held === undefined ? [] : [held];
    return { instance, facts: toOperationFacts(browser, { actor, instance, projectId: instance.projectId, instances, running }) };
  });
}

/** A row of the store lags behind the pulses; what was seen last is what counts. */
export function withPulse(browser: Browser, instance: Instance): Instance {
  const seenAtMs = browser.pulses.get(instance.id)?.seenAtMs;
  if (seenAtMs === undefined || (instance.agentSeenAt !== null && Date.parse(instance.agentSeenAt) >= seenAtMs)) return instance;
  return { ...instance, agentSeenAt: new Date(seenAtMs).toISOString() };
}

/** The instance says that something holds it before the operation itself has arrived. */
function findRunning(instance: Instance, running: readonly Operation[]): Operation | null {
  if (instance.operationId === null) return null;
  const known = running.find((operation) => operation.id === instance.operationId);
  if (known !== undefined) return known;
  const title = instance.runningStatus === null ? 'An operation' : instanceStatuses[instance.runningStatus].label;
  return {
    id: instance.operationId,
    revision: 0,
    projectId: instance.projectId,
    instanceId: instance.id,
    instanceName: instance.name,
    name: '',
    title,
    about: null,
    state: 'running',
    input: {},
    steps: [],
    fault: null,
    askedBy: '',
    createdAt: instance.updatedAt,
    startedAt: null,
    endedAt: null,
    acceptedAt: null,
    estimate: null,
    cancellable: false,
    resumable: false,
  };
}
