import type { CommandContext } from '#contract/guest/commands.ts';

/** How far a copy is. The total is of the data alone; how much log is added to it in the end nobody knows before. */
export function sayCopied(done: number, totalBytes: number | null): Parameters<CommandContext['progress']>[0] {
  const isLog = totalBytes !== null && done > totalBytes;
  return { done, unit: 'bytes', ...(isLog ? { total: null, detail: 'with the log written meanwhile' } : { total: totalBytes }) };
}
