import type { InstanceEvent } from '#contract/resources/event.ts';
import type { Tone } from '#contract/status.ts';

/** Which mark an event wears. */
export const eventTones = { good: 'healthy', attention: 'attention', broken: 'broken', info: 'stopped' } as const satisfies Record<
  InstanceEvent['tone'],
  Tone
>;
