import { existsSync } from 'node:fs';
import { copyFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import type { Answers, CommandContext } from '#contract/guest/commands.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import { readFileIfThere, syncFolder, writeFile } from '../write-file.ts';
import type { Copier } from './copier.ts';
import { restoreBackup } from './restore.ts';

/** What a restore in place exchanges: the data folder, and files that are part of the data though they lie elsewhere. */
export type Replaced = {
  data: string;
  besides: readonly string[];
  isRunning(): boolean;
  /** Ends what an agent that was killed left working in this folder. */
  release?(folder: string): Promise<void>;
};

type ReplacingParts = { identity: GuestIdentity; copier: Copier; replaced: Replaced; setExchanged(exchanged: boolean): Promise<void> };
type Replacing = Pick<Answers<'backup'>, 'fetch' | 'exchange' | 'settle'>;

/**
 * The new data is made whole beside the old, exchanged by renames, and the old is kept until somebody says that it may go. Each verb looks
 * at what lies there, so that it may be asked again wherever it was cut off.
 */
export function createReplacing({ replaced, setExchanged, ...parts }: ReplacingParts): Replacing {
  const { data, besides, isRunning, release } = replaced;
  const { fetched, aside, discarded, note, folder } = nameParts(data);
  const readPurpose = async () => (await readFileIfThere(note))?.trim() ?? null;
  const assertStopped = () => {
    if (isRunning()) throw new GuestboardError('refused', 'The database runs; its data is exchanged only while it is stopped.');
  };
  return {
    fetch: async ({ purpose, ...stored }, context) => {
      await prepareReplacement(replaced, purpose, context, (into) => restoreBackup(parts, stored, into, context));
      return {};
    },
    exchange: async ({ purpose }) => {
      if ((await readPurpose()) !== purpose)
        throw new GuestboardError('refused', 'No restored data lies here for this: only the data that is in place can be kept.');
      assertStopped();
      if (!existsSync(fetched)) return {};
      await setExchanged(true);
      if (!existsSync(aside)) {
        for (const file of besides) if (existsSync(file)) await copyFile(file, `${file}.aside`);
        await rename(data, aside);
      }
      for (const file of besides) if (existsSync(`${file}.fetched`)) await rename(`${file}.fetched`, file);
      await rename(fetched, data);
      await syncFolder(folder);
      return {};
    },
    settle: async ({ purpose, keep }) => {
      const own = await readPurpose();
      if (own !== null && own !== purpose) return {};
      if (keep === 'old' && existsSync(aside)) {
        assertStopped();
        if (existsSync(data)) await rename(data, discarded);
        for (const file of besides) if (existsSync(`${file}.aside`)) await rename(`${file}.aside`, file);
        await rename(aside, data);
        await syncFolder(folder);
      }
      if (keep === 'old') await setExchanged(false);
      // Cut off while the old data was brought back, the new is here still.
      if (keep === 'new' && !existsSync(data) && existsSync(discarded)) await rename(discarded, data);
      for (const file of besides) {
        if (existsSync(`${file}.now`)) await rename(`${file}.now`, file);
        for (const kind of ['fetched', 'aside']) await rm(`${file}.${kind}`, { force: true });
      }
      await release?.(fetched);
      for (const left of [fetched, aside, discarded]) await remove(left);
      await rm(note, { force: true });
      return {};
    },
  };
}

/** Other data, whole beside the present: `fill` makes it in the folder it is given. Made for this purpose already, nothing is done. */
export async function prepareReplacement(
  { data, besides, release }: Replaced,
  purpose: string,
  { signal }: CommandContext,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const { fetched, aside, discarded, note, folder } = nameParts(data);
  if ((await readFileIfThere(note))?.trim() === purpose) return;
  await release?.(fetched);
  // Whoever asks anew lives with the data that is there now: what an earlier exchange left is nobody's any more.
  if (!existsSync(data) && existsSync(aside)) await rename(aside, data);
  for (const left of [fetched, aside, discarded, note]) await remove(left);
  for (const file of besides) if (existsSync(file) && !existsSync(`${file}.now`)) await copyFile(file, `${file}.now`);
  try {
    await fill(fetched);
    // A copy may have written these where the running database reads them.
    for (const file of besides) if (existsSync(file)) await copyFile(file, `${file}.fetched`);
  } finally {
    for (const file of besides) if (existsSync(`${file}.now`)) await rename(`${file}.now`, file);
  }
  signal.throwIfAborted();
  await writeFile(note, `${purpose}\n`);
  await syncFolder(folder);
}

/** `note` says what `fetched` or `aside` is for; written when `fetched` is whole. */
function nameParts(data: string) {
  const [fetched, aside, discarded] = [`${data}.fetched`, `${data}.aside`, `${data}.discarded`];
  return { fetched, aside, discarded, note: `${data}.purpose`, folder: path.dirname(data) };
}

function remove(what: string): Promise<void> {
  return rm(what, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
