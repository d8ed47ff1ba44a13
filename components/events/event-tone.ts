import type { Tone } from '#contract/health.ts';
import type { InstanceEvent } from '#contract/resources/event.ts';

/** Which mark an event wears. */
export const eventTones = { good: 'healthy', attention: 'attention', broken: 'broken', info: 'stopped' } as const satisfies Record<
  InstanceEvent['tone'],
  Tone
>;

/** What each of those marks says, for who does not see it, and beside it in a legend. */
export const eventWords = { good: 'Good', attention: 'Attention', broken: 'Broken', info: 'Note' } as const satisfies Record<
  InstanceEvent['tone'],
  string
>;
