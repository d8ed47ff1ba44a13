import path from 'node:path';
import * as z from 'zod';
import { ArchiveSpanReport } from '#contract/guest/reports.ts';

import { readIfPresent, writeDurably } from '../durable-file.ts';

const Place = z.object({ group: z.string(), position: z.string() });

/** What the archive must know again after the agent's death. */
const ArchiveState = z.object({
  /** Oldest first; the last may be growing. */
  spans: z.array(ArchiveSpanReport),
  /** Everything of the growing span before this is stored, and perhaps the piece that was being stored. */
  stored: Place.nullable(),
  pending: Place.extend({ key: z.string() }).nullable(),
  /** The engine keeps its log for us. */
  reserved: z.boolean(),
  /** Other data was put in place, on purpose: its log is another, and the growing span ends. */
  exchanged: z.boolean().default(false),
});
export type ArchiveState = z.infer<typeof ArchiveState>;
const born: ArchiveState = { spans: [], stored: null, pending: null, reserved: false, exchanged: false };

export type ArchiveFile = { get(): ArchiveState; change(changed: Partial<ArchiveState>): Promise<void> };

/** Changes are known at once, and on the disk when the promise resolves. */
export function openArchiveFile(folder: string): ArchiveFile {
  const file = path.join(folder, 'archive.json');
  const found = ArchiveState.safeParse(readIfPresent(file));
  let state = found.success ? found.data : born;
  let writing: Promise<void> = Promise.resolve();
  return {
    get: () => state,
    change(changed) {
      state = { ...state, ...changed };
      const mine = state;
      writing = writing.catch(() => {}).then(() => writeDurably(file, mine));
      writing.catch(() => {});
      return writing;
    },
  };
}
