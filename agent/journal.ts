import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { Fault } from '#contract/errors.ts';
import { readIfPresent, writeDurably } from './durable-file.ts';

export const CommandOutcome = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), output: z.unknown() }),
  z.object({ ok: z.literal(false), fault: Fault }),
]);
export type CommandOutcome = z.infer<typeof CommandOutcome>;

/** Never the input: it may carry a password. `outcome` null is a command that an agent's death interrupted, or that runs now. */
const JournalEntry = z.object({
  commandId: z.string(),
  name: z.string(),
  epoch: z.number().int(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  outcome: CommandOutcome.nullable(),
});
export type JournalEntry = z.infer<typeof JournalEntry>;

export type Journal = {
  find(commandId: string): JournalEntry | null;
  /** On disk, whole and synced, when it resolves. */
  write(entry: JournalEntry): Promise<void>;
};

const kept = 1000;

/** One file per command, so that asking twice does it once. The oldest are forgotten when the journal is opened. */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  forgetOldest(folder);
  const fileOf = (commandId: string) => path.join(folder, `${createHash('sha256').update(commandId).digest('hex').slice(0, 32)}.json`);
  return {
    find(commandId) {
      const entry = JournalEntry.safeParse(readIfPresent(fileOf(commandId)));
      return entry.success ? entry.data : null;
    },
    write: (entry) => writeDurably(fileOf(entry.commandId), entry),
  };
}

function forgetOldest(folder: string) {
  const files = readdirSync(folder)
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, atMs: statSync(file).mtimeMs }))
    .sort((a, b) => b.atMs - a.atMs);
  for (const { file } of files.slice(kept)) unlinkSync(file);
}
