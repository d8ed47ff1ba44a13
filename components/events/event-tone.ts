import type { Tone } from '#contract/health.ts';
import type { InstanceEvent } from '#contract/resources/event.ts';

/** Which mark an event wears. */
export const eventTones = { good: 'healthy', attention: 'attention', broken: 'broken', info: 'stopped' } as const satisfies Record<
  InstanceEvent['tone'],
  Tone
>;
