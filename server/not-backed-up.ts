import type { Fault } from '#contract/errors.ts';
import type { NewEvent } from './store/events.ts';

type Whose = Pick<NewEvent, 'projectId' | 'instanceId'>;

/** New data without a full backup of it: what is archived from then on can be restored from nothing. */
export function toNotBackedUp(whose: Whose, after: 'restore' | 'upgrade' | 'promotion', { sentence: cause, detail }: Fault): NewEvent {
  const sentence = `No full backup was made after the ${after}: ${cause} Make one now; until then nothing written since can be restored.`;
  return { ...whose, code: 'new-data-not-backed-up', tone: 'attention', sentence, detail: detail ?? null, at: new Date() };
}
