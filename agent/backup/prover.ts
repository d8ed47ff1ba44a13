import type { CommandContext } from '#contract/guest/commands.ts';

/**
 * One table, or one numbered database of keys. `rows` is null where counting would have taken too long; `mark` is another after somebody
 * wrote to it, null where the engine cannot tell.
 */
export type Counted = { name: string; rows: number | null; mark: string | null };
export type Count = {
  unit: 'tables' | 'keys';
  /** How many tables, or keys, there are in all. */
  things: number;
  each: Counted[];
};
/**
 * What a count may cost: nothing larger is counted, nothing for longer than `eachMs`, as somebody who locks it would have it, and nothing after
 * `budgetMs`. What there is is listed in a time of its own: a list that takes long leaves the counting what it had.
 */
export type CountLimits = { mostBytes: number; eachMs: number; budgetMs: number; listingMs: number };

/** How one engine tells what is in it, and whether all of it is sound. */
export type Prover = {
  count(limits: CountLimits, signal: AbortSignal): Promise<Count>;
  /** The engine's own checks of everything, each with what it said. Throws `backup-damaged` with the first fault. Changes what only a scratch guest may have changed. */
  check(context: CommandContext): Promise<{ what: string; outcome: string }[]>;
};
