import { existsSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';

type LeftoversOptions = {
  folder: string;
  /** When the last action ended, or null while one runs. */
  idleSinceMs(): number | null;
  now(): number;
  log(sentence: string): void;
};

const minuteMs = 60_000;
/** An action that an agent's death cut off is asked again as soon as the control plane hears the next one. */
const patienceMs = 10 * minuteMs;
const going = '.leftover';
/** Of programs that make a copy; what else lies in `tmp` is the database’s. */
const workFolders = ['copying', 'giving'];

/**
 * Half-made folders of actions that nobody asks for any more, and the work folders of a dead agent's programs. What was put aside for a
 * restore in place is not one of them: that is somebody's data until it is settled.
 */
export function startLeftovers(options: LeftoversOptions) {
  const { folder, log, now } = options;
  const sweep = () =>
    removeLeftovers(options, now() - patienceMs).catch((error: unknown) => log(`Leftovers could not be removed: ${String(error)}`));
  // Its programs ended with the pipes of the agent that they worked for.
  const atStart = workFolders.map((name) => rm(path.join(folder, 'tmp', name), { recursive: true, force: true }));
  void Promise.all(atStart).catch((error: unknown) => log(`Leftovers could not be removed: ${String(error)}`));
  const timer = setInterval(() => void sweep(), minuteMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

/** Removes them where no action has run since then. Answers their names. */
export async function removeLeftovers({ folder, idleSinceMs, log }: LeftoversOptions, sinceMs: number): Promise<string[]> {
  const idleSince = idleSinceMs();
  if (idleSince === null || idleSince > sinceMs) return [];
  // Taken away in the same turn in which nothing runs: what an action makes under these names from now on is its own.
  const left = listLeftovers(folder);
  for (const name of left) if (!name.endsWith(going)) renameSync(path.join(folder, name), path.join(folder, `${name}${going}`));
  for (const name of listFolders(folder).filter((one) => one.endsWith(going)))
    await rm(path.join(folder, name), { recursive: true, force: true, maxRetries: 5 });
  if (left.length > 0) log(`Removed what unfinished work left: ${left.join(', ')}.`);
  return left;
}

function listLeftovers(folder: string): string[] {
  const names = listFolders(folder).filter((name) => name.startsWith('data.'));
  const isSettled = !names.includes('data.aside') && !existsSync(path.join(folder, 'data.purpose'));
  const isWhole = existsSync(path.join(folder, 'data'));
  return names.filter((name) => {
    if (name.endsWith(going)) return true;
    if (name === 'data.copying' || name === 'data.making' || name === 'data.making.changes') return true;
    if (name === 'data.replaced' || name === 'data.changes') return isWhole;
    return isWhole && isSettled && ['data.fetched', 'data.fetched.changes', 'data.discarded'].includes(name);
  });
}

function listFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
