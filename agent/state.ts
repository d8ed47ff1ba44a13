import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { DesiredState } from '#contract/status.ts';
import { readIfPresent, writeDurably } from './durable-file.ts';

/** What the core must know again after its own death. */
const AgentState = z.object({
  /** Set by the last start or stop that succeeded; null before the first start. */
  wanted: DesiredState.nullable(),
  size: z.object({ memoryBytes: z.number(), cpus: z.number(), volumeBytes: z.number() }).nullable(),
  /** Highest epoch seen; commands with a lower one are refused. */
  epoch: z.number().int(),
  /** Times of crashes within the last ten minutes, and of the last restart that followed one. */
  crashesAtMs: z.array(z.number()),
  restartedAtMs: z.number().nullable(),
  gaveUp: z.boolean(),
  writesStopped: z.boolean(),
});
export type AgentState = z.infer<typeof AgentState>;

const born: AgentState = {
  wanted: null,
  size: null,
  epoch: 0,
  crashesAtMs: [],
  restartedAtMs: null,
  gaveUp: false,
  writesStopped: false,
};

export type StateFile = { get(): AgentState; change(changed: Partial<AgentState>): void };

/** state.json of the guest's folder; a change is on disk when `change` returns, and nothing is written when nothing changed. */
export function openState(folder: string): StateFile {
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const file = path.join(folder, 'state.json');
  const found = AgentState.partial().safeParse(readIfPresent(file));
  let state: AgentState = { ...born, ...(found.success ? (found.data as Partial<AgentState>) : {}) };
  return {
    get: () => state,
    change(changed) {
      const next = { ...state, ...changed };
      if (JSON.stringify(next) === JSON.stringify(state)) return;
      writeDurably(file, next);
      state = next;
    },
  };
}
