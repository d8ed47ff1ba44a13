import { mkdirSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
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
  /** How fast the database may be read for copies; null is as fast as it goes. */
  backupBytesPerSecond: z.number().nullable(),
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
  backupBytesPerSecond: null,
};

export type StateFile = {
  get(): AgentState;
  /** Known at once; on disk when the promise resolves, which also waits for earlier changes. Rejects when it cannot be written. */
  change(changed: Partial<AgentState>): Promise<void>;
};

/** state.json of the guest's folder. Nothing is written when nothing changed. */
export function openState(folder: string): StateFile {
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const file = path.join(folder, 'state.json');
  const found = AgentState.partial().safeParse(readIfPresent(file));
  let state: AgentState = { ...born, ...(found.success ? (found.data as Partial<AgentState>) : {}) };
  let written: AgentState | null = null;
  let writing: Promise<void> = Promise.resolve();
  return {
    get: () => state,
    change(changed) {
      const next = { ...state, ...changed };
      if (JSON.stringify(next) !== JSON.stringify(state)) state = next;
      const mine = state;
      if (written === mine) return writing;
      writing = writing
        .catch(() => {})
        .then(async () => {
          if (written === mine) return;
          await writeDurably(file, state);
          written = mine;
        });
      // Whoever does not wait for it is not told of its failure either; the next change writes everything again.
      writing.catch(() => {});
      return writing;
    },
  };
}
