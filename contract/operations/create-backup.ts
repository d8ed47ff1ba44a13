import { z } from 'zod';
import { Name } from '../names.ts';
import { defineOperation, refuseUnlessCapable, refuseUnlessRunning, step } from './operation.ts';

export const createBackup = defineOperation({
  title: 'Create backup',
  verb: 'Back up',
  danger: 'none',
  action: 'backup.create',
  subject: 'instance',
  runningStatus: 'BACKUP',
  input: z.object({ name: Name.meta({ title: 'Name of the backup' }) }),
  steps: ['store', 'record'],
  plan: () => [step('store', 'Copy to storage', { cancellable: true }), step('record', 'Check and record')],
  refuse: (facts, _input, nowMs) => refuseUnlessCapable(facts, 'backup', 'backups') ?? refuseUnlessRunning(facts, nowMs),
  sentence: (facts) => `Backing up ${facts.instance?.name}.`,
});
