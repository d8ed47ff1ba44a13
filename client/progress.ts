import type { Tone } from '#contract/health.ts';
import type { Operation, OperationState, OperationStepView } from '#contract/resources/operation.ts';

export const operationStates = {
  queued: { label: 'Queued', tone: 'working' },
  running: { label: 'Running', tone: 'working' },
  cancelling: { label: 'Cancelling', tone: 'working' },
  succeeded: { label: 'Done', tone: 'healthy' },
  failed: { label: 'Failed', tone: 'broken' },
  cancelled: { label: 'Cancelled', tone: 'stopped' },
} as const satisfies Record<OperationState, { label: string; tone: Tone }>;

export const endedStates: readonly OperationState[] = ['succeeded', 'failed', 'cancelled'];

export function hasEnded(operation: Operation): boolean {
  return endedStates.includes(operation.state);
}

/** Milliseconds since it was asked for, until now or its end. */
export function elapsedMs(operation: Operation, nowMs: number): number {
  const end = operation.endedAt === null ? nowMs : Date.parse(operation.endedAt);
  return Math.max(0, end - Date.parse(operation.createdAt));
}

/** 0 to 1 where a step knows its total; null elsewhere. */
export function stepRatio(step: OperationStepView): number | null {
  if (step.done === null) return null;
  if (step.unit === 'percent') return step.done / 100;
  return step.total === null || step.total === 0 ? null : step.done / step.total;
}
