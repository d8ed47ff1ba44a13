import type { EndpointOutput } from '#contract/api.ts';
import { applyBackupLimit } from '#contract/backup-pace.ts';
import { GuestboardError } from '#contract/errors.ts';
import { type Actor, explainDenial, may } from '#contract/may.ts';
import type { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { getOperation, type OperationInput, type OperationName } from '#contract/operations/index.ts';
import type { OperationFacts, Refusal } from '#contract/operations/operation.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { planRestorePoint } from '#contract/restore-window.ts';
import { explainNoRun } from '../../cron.ts';
import type { KeyClaim } from '../../store/idempotency.ts';
import { narrow } from '../../store/scope.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';
import { insertSchedule } from '../insert-schedule.ts';
import { parse } from '../read-request.ts';
import { toStarted } from '../started.ts';

type Names =
  | 'createInstance'
  | 'startOperation'
  | 'deleteBackup'
  | 'proveBackup'
  | 'listOperations'
  | 'getOperation'
  | 'cancelOperation'
  | 'resumeOperation';
/** Long enough for an agent that is there, too short to be felt where none is. */
const acceptanceMs = 150;

/** Who asks, and under which key. */
type Asked = { actor: Actor; claim: KeyClaim | null; estimate?: Operation['estimate'] };
type Subject = { id: string | null; name: string };

export function operationHandlers({ store, host, guests }: ApiParts): SomeHandlers<Names> {
  function check(name: OperationName, facts: OperationFacts, input: unknown) {
    const refusal = getOperation(name).refuse(facts, input, Date.now());
    return refusal ?? (name === 'create-instance' ? refuseTime(input as CreateInstanceInput) : null);
  }

  async function plan(name: OperationName, facts: OperationFacts, input: unknown) {
    const steps = getOperation(name).plan(facts, input);
    const estimate = applyBackupLimit(await store.operations.estimate(name, input, facts.instance), { name, input }, facts);
    const refusal = check(name, facts, input);
    return {
      refusal: refusal?.reason ?? null,
      field: refusal?.field ?? null,
      steps: steps.map(({ key, title }) => ({ key, title })),
      estimate,
      restore: name === 'create-instance' ? planRestore(facts, input as CreateInstanceInput) : null,
    };
  }

  function refuse(name: OperationName, facts: OperationFacts, input: unknown) {
    const refusal = check(name, facts, input);
    if (refusal !== null) throw new GuestboardError(refusal.code ?? 'refused', refusal.reason, { field: refusal.field });
  }

  async function open(name: OperationName, facts: OperationFacts, { actor, claim, ...known }: Asked, input: unknown, subject?: Subject) {
    refuse(name, facts, input);
    const sentence = getOperation(name).sentence(facts, input);
    const operationId = await store.transact(async (tx) => {
      const id = await store.operations.open(tx, { name, facts, actor, input, ...known, ...(subject ? { instance: subject } : {}) });
      if (claim !== null) await store.idempotency.record(tx, claim, { operationId: id, sentence });
      return id;
    });
    // An agent says yes within a tenth of a second: worth waiting for, since the answer then says so and no page draws it twice.
    await store.changes.untilTakenOn(operationId, acceptanceMs);
    return toStarted(store, { operationId, sentence });
  }

  async function create(facts: OperationFacts, { actor, claim }: Asked, input: CreateInstanceInput) {
    refuse('create-instance', facts, input);
    const versions = await host.listVersions();
    if (!versions.some((known) => known.datastore === input.datastore && known.version === input.version))
      throw new GuestboardError('version-unavailable', `This host has no ${input.datastore} ${input.version}.`, { field: 'input.version' });
    const sentence = getOperation('create-instance').sentence(facts, input);
    const { operationId } = await store.transact(async (tx) => {
      const made = await store.newInstances.open(tx, { input, facts, actor, host: host.name });
      const whose = { id: made.instanceId, projectId: facts.projectId };
      if (input.protection !== null) await insertSchedule(store, tx, whose, input.protection, actor);
      if (claim !== null) await store.idempotency.record(tx, claim, { operationId: made.operationId, sentence });
      return made;
    });
    return toStarted(store, { operationId, sentence });
  }

  /** Its own server is asked what it would not find in the other version: nobody else knows. */
  async function withUpgrade(facts: OperationFacts, name: OperationName, input: unknown): Promise<OperationFacts> {
    const { instance } = facts;
    if (name !== 'upgrade-version' || instance === null || check(name, facts, input) !== null) return facts;
    const { version } = input as OperationInput<'upgrade-version'>;
    const binFolder = version === instance.version ? null : await host.findPrograms(instance.datastore, version);
    if (binFolder === null) return facts;
    return { ...facts, upgradeFindings: await guests.query(instance.id, 'upgrade.examine', { binFolder }, 10_000) };
  }

  async function getOwn(operationId: string): Promise<EndpointOutput<'getOperation'>> {
    const operation = await store.operations.findForControlPlane(operationId);
    if (!operation) throw new GuestboardError('not-found', 'The operation does not exist.');
    return operation;
  }

  return {
    createInstance: async ({ actor, body, claim }) => {
      const facts = await store.facts.load(body.projectId, null, actor, null, body.input);
      if (body.dryRun) return plan('create-instance', facts, body.input);
      return create(facts, { actor, claim }, body.input);
    },
    startOperation: async ({ actor, addressed, body, claim }) => {
      const definition = getOperation(body.name);
      if (definition.subject !== 'instance')
        throw new GuestboardError('invalid-input', `${definition.title} is not asked for on an instance.`, { field: 'name' });
      if (!may(actor, definition.action, addressed))
        throw new GuestboardError('not-allowed', explainDenial(actor, definition.action, addressed) ?? 'This is not allowed.');
      const input = parse(definition.input, body.input, 'input.');
      const [loaded, versions, estimate] = await Promise.all([
        store.facts.load(addressed.projectId, addressed.id, actor, null, input),
        host.listVersions(),
        body.dryRun ? null : store.operations.estimate(body.name, input, addressed),
      ]);
      const facts = await withUpgrade({ ...loaded, versions }, body.name, input);
      return body.dryRun ? plan(body.name, facts, input) : open(body.name, facts, { actor, claim, estimate }, input);
    },
    deleteBackup: async ({ actor, addressed, query, claim }) => {
      const input = { backupId: addressed.id, withChain: query.chain === 'true', confirmName: query.confirmName };
      const facts = await store.facts.load(addressed.projectId, null, actor, null, input);
      const subject = { id: addressed.instanceId, name: addressed.instanceName };
      return open('delete-backup', facts, { actor, claim }, input, subject);
    },
    proveBackup: async ({ actor, addressed, body, claim }) => {
      const input = { backupId: addressed.id, atMs: body.atMs };
      const facts = await store.facts.load(addressed.projectId, null, actor, null, input);
      const subject = { id: addressed.instanceId, name: addressed.instanceName };
      return open('prove-backup', facts, { actor, claim }, input, subject);
    },
    listOperations: ({ scope, query }) =>
      store.operations.list(narrow(scope, query.project), {
        instanceId: query.instance,
        states: query.state,
        cursor: query.cursor,
        limit: query.limit,
      }),
    getOperation: async ({ addressed }) => addressed,
    cancelOperation: async ({ addressed }) => {
      await store.transact((tx) => store.operations.requestCancel(tx, addressed.id));
      return getOwn(addressed.id);
    },
    resumeOperation: async ({ actor, addressed }) => {
      // Taking a deletion up again is deleting: whoever may only cancel may not.
      const { action } = getOperation(addressed.name as OperationName);
      if (!may(actor, action, addressed))
        throw new GuestboardError('not-allowed', explainDenial(actor, action, addressed) ?? 'This is not allowed.');
      const facts = await store.facts.load(addressed.projectId, addressed.instanceId, actor);
      await store.transact((tx) => store.operations.resume(tx, addressed.id, facts));
      return getOwn(addressed.id);
    },
  };
}

/** What a cron means is known here alone. */
function refuseTime({ protection }: CreateInstanceInput): Refusal {
  const reason = protection === null ? null : explainNoRun(protection, Date.now());
  return reason === null ? null : { code: 'invalid-input', field: 'protection.cron', reason };
}

function planRestore({ restoreWindows }: OperationFacts, { from }: CreateInstanceInput) {
  if (from.kind !== 'point-in-time') return null;
  const window = restoreWindows?.find((candidate) => candidate.instanceId === from.instanceId);
  return window === undefined ? null : planRestorePoint(window, from.atMs);
}
