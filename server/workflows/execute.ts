import { DBOS } from '@dbos-inc/dbos-sdk';
import { type Fault, GuestboardError, toFault } from '#contract/errors.ts';
import { explainDenial } from '#contract/may.ts';
import { getOperation, type OperationName } from '#contract/operations/index.ts';
import type { Log } from '../log.ts';
import type { Execution } from '../store/executions.ts';
import { isOutage } from '../store/outage.ts';
import { countFromOurStart } from './count-from-our-start.ts';
import { workflows } from './index.ts';
import { Cancelled, createStepContext, isStale } from './step-context.ts';
import type { Workflow, WorkflowContext, WorkflowTools } from './workflow.ts';

/** Called by tests to end the process at a chosen place; does nothing otherwise. */
export type Hazard = (operation: Pick<Execution, 'name' | 'epoch'>, step: string, place: 'before' | 'between' | 'after') => Promise<void>;
export type ExecuteOptions = { tools: WorkflowTools; log: Log; hazard: Hazard; isStopping(): boolean };

/** How a step ended, as DBOS keeps it: nothing else of a step is ever recorded there. */
type StepEnd = 'done' | 'failed' | 'cancelled' | 'stale';
class Ended extends Error {
  readonly end: StepEnd;
  constructor(end: StepEnd) {
    super(end);
    this.end = end;
  }
}

/** Carries one operation from wherever it stands to its end. Runs again from the top after a crash: DBOS answers for the steps that are done. */
export async function execute(options: ExecuteOptions, operationId: string, attempt: number): Promise<void> {
  const { tools, log } = options;
  const { store } = tools;
  // Outside any step: every execution takes a higher epoch than all before it.
  const execution = await patiently(options, () => store.executions.begin(operationId));
  if (execution === null || execution.attempt !== attempt) return;
  const name = execution.name as OperationName;
  const workflow = workflows[name] as unknown as Workflow<OperationName>;
  const planned = new Set(execution.steps.map((step) => step.key));
  const hasBegun = execution.steps.some((step) => step.state !== 'queued');
  const context: WorkflowContext = {
    operationId,
    projectId: execution.projectId,
    actor: execution.actor,
    input: getOperation(name).input.parse(execution.input) as WorkflowContext['input'],
    tools,
    findInstance: async () => (execution.instanceId === null ? null : store.instances.findForControlPlane(execution.instanceId)),
    instance: async () => {
      const found = execution.instanceId === null ? null : await store.instances.findForControlPlane(execution.instanceId);
      if (!found) throw new GuestboardError('not-found', 'The instance does not exist any more.');
      return found;
    },
    has: (key) => planned.has(key),
    step: (key, run) => runStep(options, execution, key, run),
  };
  try {
    if (!hasBegun && execution.cancelRequested) throw new Ended('cancelled');
    if (!hasBegun) await patiently(options, () => refuse(context, execution));
    await workflow.run(context);
    await options.hazard(execution, 'end', 'before');
    await patiently(options, () => store.executions.end(operationId, { state: 'succeeded' }, execution.epoch));
  } catch (error) {
    const end = error instanceof Ended ? error.end : isStale(error) ? 'stale' : 'failed';
    if (end === 'stale') return;
    const fault = end === 'cancelled' ? null : await findFault(options, operationId, error);
    await undo(options, workflow, context, execution, fault);
    const outcome = fault === null ? ({ state: 'cancelled' } as const) : ({ state: 'failed', fault } as const);
    await patiently(options, () => store.executions.end(operationId, outcome, execution.epoch));
    log.info({ operation: operationId, name, ...outcome }, 'An operation did not end well.');
  }
}

/** The third time the same question is asked: between the click and now things may have changed. */
async function refuse({ tools, projectId, actor, input }: WorkflowContext, { name, instanceId, operationId }: Execution): Promise<void> {
  const definition = getOperation(name as OperationName);
  // Read at once: a person waits for the first step to begin. The actor as stored is who asked, with the rights of that moment.
  const [present, loaded, versions] = await Promise.all([
    tools.store.accounts.findActor(actor.accountId, actor.tokenId),
    tools.store.facts.load(projectId, instanceId, actor, operationId, input),
    tools.compute.listVersions(),
  ]);
  if (present === null) throw new GuestboardError('not-allowed', `The account of ${actor.name}, who asked for this, is closed.`);
  const denial = explainDenial(present, definition.action, { projectId });
  if (denial !== null) throw new GuestboardError('not-allowed', `${present.name} lost the right to this after asking for it. ${denial}`);
  const facts = { ...loaded, actor: present, versions, instance: countFromOurStart(loaded.instance) };
  // What it took over is gone by now, and with it the reason why it may run.
  if (definition.takesOver) return;
  const refusal = definition.refuse(facts, input, Date.now());
  if (refusal !== null) throw new GuestboardError('refused', refusal.reason);
}

async function runStep(
  options: ExecuteOptions,
  execution: Execution,
  key: string,
  run: Parameters<WorkflowContext['step']>[1],
): Promise<void> {
  const { store } = options.tools;
  const isCancelled = () => store.executions.isCancelRequested(execution);
  const say = (detail: string) => store.executions.say(execution, key, detail);
  const inside = createStepContext({ guests: options.tools.guests, execution, stepKey: key, isStep: true, isCancelled, say });
  const end = await DBOS.runStep(
    (): Promise<StepEnd> =>
      patiently(options, async () => {
        try {
          const { done, cancel } = await store.executions.beginStep(execution, key);
          if (done) return 'done';
          if (cancel) return 'cancelled';
          await options.hazard(execution, key, 'before');
          const detail = await run(inside);
          await options.hazard(execution, key, 'between');
          await store.executions.endStep(execution, key, { detail });
          return 'done';
        } catch (error) {
          if (isOutage(error) || options.isStopping()) throw error;
          if (isStale(error)) return 'stale';
          if (error instanceof Cancelled) return 'cancelled';
          await store.executions.endStep(execution, key, { fault: toFault(error) });
          return 'failed';
        }
      }),
    { name: key },
  );
  await options.hazard(execution, key, 'after');
  if (end !== 'done') throw new Ended(end);
}

/** What the failed step said, also when the failure was recorded by an earlier execution. */
async function findFault(options: ExecuteOptions, operationId: string, error: unknown): Promise<Fault> {
  if (!(error instanceof Ended)) return toFault(error);
  const operation = await patiently(options, () => options.tools.store.operations.findForControlPlane(operationId));
  return (
    operation?.steps.find((step) => step.fault !== null)?.fault ?? { code: 'step-failed', sentence: 'A step failed without saying why.' }
  );
}

async function undo(
  options: ExecuteOptions,
  workflow: Workflow<OperationName>,
  context: WorkflowContext,
  execution: Execution,
  fault: Fault | null,
): Promise<void> {
  const { guests } = options.tools;
  const step = createStepContext({
    guests,
    execution,
    stepKey: 'undo',
    isStep: false,
    isCancelled: async () => false,
    say: async () => {},
  });
  try {
    await workflow.undo?.(context, fault === null ? { state: 'cancelled' } : { state: 'failed', ...fault }, step);
  } catch (error) {
    if (options.isStopping()) await new Promise(() => {});
    options.log.warn({ operation: context.operationId, fault: toFault(error) }, 'What an operation left could not be put right.');
  }
}

/** Waits out a database that is away: no operation fails because its bookkeeper was. A server that stops leaves the work to the next one. */
async function patiently<T>({ isStopping, log }: ExecuteOptions, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (isStopping()) await new Promise(() => {});
      if (!isOutage(error)) throw error;
      log.warn({ fault: toFault(error) }, 'The control plane’s database is away; an operation waits for it.');
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
