import * as z from 'zod';
import { Id } from '../names.ts';
import { defineOperation, refuseUnlessRunning, step } from './operation.ts';

/** Attaches a configuration group, applies its present values again, or detaches with null. */
export const applyConfiguration = defineOperation({
  title: 'Apply configuration',
  verb: 'Apply configuration',
  link: 'to',
  danger: 'none',
  action: 'instance.operate',
  subject: 'instance',
  runningStatus: null,
  input: z.object({ configurationGroupId: Id.nullable().meta({ title: 'Configuration group' }) }),
  steps: ['apply', 'attach'],
  plan: () => [step('apply', 'Apply parameters'), step('attach', 'Record the group')],
  refuse: (facts, input, nowMs) => {
    const refusal = refuseUnlessRunning(facts, nowMs);
    if (refusal !== null || input === null) return refusal;
    if (input.configurationGroupId === null)
      return facts.instance?.configurationGroupId === null ? { reason: 'No configuration group is attached.' } : null;
    const group = facts.configurationGroups.find((candidate) => candidate.id === input.configurationGroupId);
    if (!group) return { reason: 'The configuration group does not exist in this project.' };
    return group.datastore === facts.instance?.datastore ? null : { reason: 'The configuration group is for another datastore.' };
  },
  sentence: (facts) => `Applying configuration to ${facts.instance?.name}.`,
});
