import { createHash } from 'node:crypto';
import { GuestboardError, toFault } from '#contract/errors.ts';
import type { Guests } from '../guests.ts';
import type { Execution } from '../store/executions.ts';
import type { StepContext } from './workflow.ts';

/** Ends a step, and with it the operation, because a person asked for it. */
export class Cancelled extends Error {}

type StepContextOptions = {
  guests: Guests;
  execution: Pick<Execution, 'operationId' | 'epoch' | 'attempt'>;
  /** Part of every command's id. */
  stepKey: string;
  /** False after the operation's steps: commands of an undoing belong to no step and cannot be cancelled. */
  isStep: boolean;
  isCancelled(): Promise<boolean>;
  say(detail: string): Promise<void>;
};

const defaultDeadlineMs = 600_000;

export function createStepContext({ guests, execution, stepKey, isStep, isCancelled, say }: StepContextOptions): StepContext {
  const { operationId, epoch, attempt } = execution;

  const command: StepContext['command'] = async (instanceId, name, input, { deadlineMs = defaultDeadlineMs, key = '' } = {}) => {
    const parts = [operationId, isStep ? attempt : `${attempt}-undo-${epoch}`, stepKey, instanceId.slice(0, 8), name];
    const id = [...parts, ...(key === '' ? [] : [createHash('sha256').update(key).digest('hex').slice(0, 12)])].join('/');
    let asked = false;
    try {
      return await guests.run(instanceId, name, input, {
        id,
        operation: isStep ? { id: operationId, epoch, stepKey } : null,
        deadlineMs: Date.now() + deadlineMs,
        isCancelled: async () => {
          asked ||= isStep && (await isCancelled());
          return asked;
        },
      });
    } catch (error) {
      if (asked && !isStale(error)) throw new Cancelled();
      throw error;
    }
  };

  return {
    command,
    say,
    tryCommand: (instanceId, name, input, asking) =>
      command(instanceId, name, input, asking).catch((error: unknown) => {
        if (error instanceof Cancelled || isStale(error)) throw error;
        return null;
      }),
    async query(instanceId, name, input, deadlineMs = 60_000) {
      const end = performance.now() + deadlineMs;
      for (;;) {
        try {
          return await guests.query(instanceId, name, input, 10_000);
        } catch (error) {
          const isAway = ['agent-unreachable', 'agent-timeout'].includes(toFault(error).code);
          if (!isAway || performance.now() > end) throw error;
          await pause(250);
        }
        if (await isCancelled()) throw new Cancelled();
      }
    },
    async waitFor(look, { deadlineMs, everyMs = 100, sentence }) {
      const end = performance.now() + deadlineMs;
      for (let round = 1; ; round += 1) {
        const found = await look();
        if (found !== null) return found;
        if (performance.now() > end) throw new GuestboardError('deadline-passed', sentence());
        if (round % 10 === 0 && (await isCancelled())) throw new Cancelled();
        await pause(everyMs);
      }
    },
  };
}

export function isStale(error: unknown): boolean {
  return error instanceof GuestboardError && error.code === 'stale-epoch';
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
