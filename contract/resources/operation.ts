import * as z from 'zod';
import { Fault } from '../errors.ts';
import { Id, Timestamp } from '../names.ts';

export const OperationState = z.enum(['queued', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled']);
export type OperationState = z.infer<typeof OperationState>;
export const endedStates: readonly OperationState[] = ['succeeded', 'failed', 'cancelled'];

export const StepState = z.enum(['queued', 'sent', 'accepted', 'running', 'succeeded', 'failed', 'skipped']);

/** A durable named part of an operation. `done` of `total` in `unit`; rate per second where the agent measures one. */
export const OperationStepView = z.object({
  key: z.string(),
  title: z.string(),
  state: StepState,
  startedAt: Timestamp.nullable(),
  endedAt: Timestamp.nullable(),
  done: z.number().nullable(),
  total: z.number().nullable(),
  unit: z.enum(['bytes', 'segments', 'items', 'percent']).nullable(),
  ratePerSecond: z.number().nullable(),
  detail: z.string().nullable(),
  fault: Fault.nullable(),
});
export type OperationStepView = z.infer<typeof OperationStepView>;

/** What a person asked for and watches. */
export const Operation = z.object({
  id: Id,
  revision: z.number().int(),
  projectId: z.string(),
  instanceId: Id.nullable(),
  /** The instance's name when it was asked, kept after deletion. */
  instanceName: z.string(),
  name: z.string(),
  title: z.string(),
  /** What else it acts on or leads to, behind its title: a backup's name, "to orders-2". */
  about: z.string().nullable(),
  state: OperationState,
  /** Never holds a secret: passwords are references. */
  input: z.record(z.string(), z.unknown()),
  steps: z.array(OperationStepView),
  fault: Fault.nullable(),
  askedBy: z.string(),
  createdAt: Timestamp,
  startedAt: Timestamp.nullable(),
  endedAt: Timestamp.nullable(),
  /** When the first command left for an agent; absent before, and where there is none to send. */
  sentAt: Timestamp.optional(),
  /** When the first command reached and was accepted by the agent. */
  acceptedAt: Timestamp.nullable(),
  /** Remaining time as a range learned from earlier runs, or null: "no estimate yet". */
  estimate: z.object({ lowMs: z.number(), highMs: z.number(), runs: z.number().int() }).nullable(),
  cancellable: z.boolean(),
  resumable: z.boolean(),
});
export type Operation = z.infer<typeof Operation>;
