import { GuestboardError } from '#contract/errors.ts';
import type { CommandDefinition } from '#contract/guest/commands.ts';

/** The input by the contract's schema; throws `invalid-input` with the rule that was broken, never with the value. */
export function parseInput(name: string, definition: CommandDefinition, input: unknown): unknown {
  const parsed = definition.input.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || undefined;
  throw new GuestboardError('invalid-input', `The input of ${name} is not valid: ${field ?? 'it'}: ${issue?.message ?? 'unknown'}`, {
    field,
  });
}
