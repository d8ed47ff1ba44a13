import * as z from 'zod';
import { Name } from '../names.ts';
import { defineOperation, refuseTaken, refuseUnlessFree, step } from './operation.ts';

export const renameInstance = defineOperation({
  title: 'Rename instance',
  verb: 'Rename',
  danger: 'none',
  action: 'instance.operate',
  subject: 'instance',
  runningStatus: null,
  input: z.object({ name: Name.meta({ title: 'New name' }) }),
  steps: ['rename'],
  plan: () => [step('rename', 'Rename')],
  refuse: (facts, input) =>
    refuseUnlessFree(facts) ??
    (input !== null && input.name === facts.instance?.name ? { reason: 'The instance already has this name.', field: 'name' } : null) ??
    (input === null ? null : refuseTaken(facts, input.name)),
  about: (_facts, input) => `to ${input.name}`,
  sentence: (facts, input) => `Renaming ${facts.instance?.name} to ${input.name}.`,
});
