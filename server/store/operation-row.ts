import type { Fault } from '#contract/errors.ts';
import { workflowVersion } from '#contract/operations/index.ts';
import { endedStates, type Operation, type OperationStepView } from '#contract/resources/operation.ts';

/** The one list of columns an Operation is made of, its steps in order. */
export const operationColumns = `
  o.id, o.revision::float8, o."projectId", o."instanceId", o."instanceName", o.name, o.title, o.about, o.state, o.input, o.fault, o."askedBy",
  o."createdAt", o."startedAt", o."endedAt", o."acceptedAt", o.estimate, o."cancelRequested", o."workflowVersion",
  (select min(c."sentAt") from commands c where c."operationId" = o.id) as "sentAt",
  (select coalesce(json_agg(json_build_object(
     'key', s.key, 'title', s.title, 'state', s.state, 'startedAt', s."startedAt", 'endedAt', s."endedAt", 'done', s.done, 'total', s.total,
     'unit', s.unit, 'ratePerSecond', s."ratePerSecond", 'detail', s.detail, 'fault', s.fault,
     'cancellable', s.cancellable, 'resumable', s.resumable) order by s.position), '[]')
   from operation_steps s where s."operationId" = o.id) as steps`;

type StepRow = OperationStepView & { cancellable: boolean; resumable: boolean };
export type OperationRow = Omit<
  Operation,
  'steps' | 'createdAt' | 'startedAt' | 'endedAt' | 'sentAt' | 'acceptedAt' | 'fault' | 'cancellable' | 'resumable'
> & {
  steps: StepRow[];
  fault: Fault | null;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  sentAt: Date | null;
  acceptedAt: Date | null;
  cancelRequested: boolean;
  workflowVersion: string;
};

export function toOperation({ cancelRequested, workflowVersion: version, sentAt, ...row }: OperationRow): Operation {
  return {
    ...row,
    steps: row.steps.map(({ cancellable: _c, resumable: _r, ...step }) => ({
      ...step,
      startedAt: toIso(step.startedAt),
      endedAt: toIso(step.endedAt),
    })),
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    ...(sentAt === null ? {} : { sentAt: sentAt.toISOString() }),
    acceptedAt: row.acceptedAt?.toISOString() ?? null,
    cancellable: isCancellable(row.state, row.steps, cancelRequested),
    resumable: isResumable(row.state, row.steps, version),
  };
}

/** Before it began, or while the step that runs or comes next says so. */
export function isCancellable(state: Operation['state'], steps: readonly StepRow[], cancelRequested: boolean): boolean {
  if (endedStates.includes(state) || cancelRequested) return false;
  const current = steps.find((step) => step.state !== 'succeeded' && step.state !== 'skipped');
  return current !== undefined && (current.cancellable || steps.every((step) => step.state === 'queued'));
}

export function isResumable(state: Operation['state'], steps: readonly StepRow[], version: string): boolean {
  const failed = steps.find((step) => step.state === 'failed');
  return state === 'failed' && failed?.resumable === true && version === workflowVersion;
}

/** json_agg writes times as text with the zone of the connection. */
function toIso(value: string | null): string | null {
  return value === null ? null : new Date(value).toISOString();
}
