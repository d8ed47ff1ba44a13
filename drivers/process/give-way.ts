import { existsSync, readFileSync } from 'node:fs';
import { GuestboardError } from '#contract/errors.ts';
import { run } from './run.ts';

/** Of util-linux, which every Debian has. */
const changePolicy = '/usr/bin/chrt';
const batch = '3';

type Command = { command: string; args: string[] };

/**
 * The same command as a batch job of the kernel's (SCHED_BATCH): it has its share of the processors, but when it wakes it waits for its turn
 * instead of taking a processor from who runs there. Its threads and what it starts are batch jobs, too. Unchanged where that is forbidden.
 */
export async function giveWay({ command, args }: Command): Promise<Command> {
  mayGiveWay ??= tryIt();
  return (await mayGiveWay) ? { command: changePolicy, args: ['--batch', '0', command, ...args] } : { command, args };
}

/** Makes what a batch job has started an ordinary process again. Where that fails it runs on as one: better than that nobody knows of it. */
export async function takeTurn(pid: number): Promise<void> {
  if (readPolicy() !== batch) return;
  await run(changePolicy, ['--all-tasks', '--other', '--pid', '0', String(pid)], { deadlineMs: 5000 }).catch(() => {});
}

let mayGiveWay: Promise<boolean> | null = null;
async function tryIt(): Promise<boolean> {
  if (!existsSync(changePolicy)) return false;
  const tried = run(changePolicy, ['--batch', '0', '/bin/true'], { deadlineMs: 5000 });
  return tried.then(
    ({ code }) => code === 0,
    (error: unknown) => (error instanceof GuestboardError ? false : Promise.reject(error)),
  );
}

/** Field 41 of /proc/…/stat; the second, the command's name, may hold spaces and brackets. */
function readPolicy(): string | undefined {
  const text = readFileSync('/proc/self/stat', 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[41 - 3];
}
