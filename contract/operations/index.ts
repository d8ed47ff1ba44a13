import * as z from 'zod';
import { applyConfiguration } from './apply-configuration.ts';
import { cloneInstance } from './clone-instance.ts';
import { createBackup } from './create-backup.ts';
import { createInstance } from './create-instance.ts';
import { deleteBackup } from './delete-backup.ts';
import { deleteInstance } from './delete-instance.ts';
import { detachReplica } from './detach-replica.ts';
import { forceDeleteInstance } from './force-delete-instance.ts';
import type { OperationDefinition } from './operation.ts';
import { promoteReplica } from './promote-replica.ts';
import { proveBackup } from './prove-backup.ts';
import { renameInstance } from './rename-instance.ts';
import { resetStatus } from './reset-status.ts';
import { resizeFlavor } from './resize-flavor.ts';
import { resizeVolume } from './resize-volume.ts';
import { restartInstance } from './restart-instance.ts';
import { restoreInPlace } from './restore-in-place.ts';
import { settleRestore } from './settle-restore.ts';
import { startInstance } from './start-instance.ts';
import { stopInstance } from './stop-instance.ts';
import { upgradeVersion } from './upgrade-version.ts';

/** Everything a person can ask for. The order is the order of the Actions menu. */
export const operations = {
  'create-instance': createInstance,
  'start-instance': startInstance,
  'stop-instance': stopInstance,
  'restart-instance': restartInstance,
  'create-backup': createBackup,
  'promote-replica': promoteReplica,
  'detach-replica': detachReplica,
  'apply-configuration': applyConfiguration,
  'resize-flavor': resizeFlavor,
  'resize-volume': resizeVolume,
  'rename-instance': renameInstance,
  'reset-status': resetStatus,
  'clone-instance': cloneInstance,
  'restore-in-place': restoreInPlace,
  'settle-restore': settleRestore,
  'upgrade-version': upgradeVersion,
  'prove-backup': proveBackup,
  'delete-backup': deleteBackup,
  'delete-instance': deleteInstance,
  'force-delete-instance': forceDeleteInstance,
} as const;

/** Raise it whenever the steps of any operation change; work of another version is forked or ended with a sentence at start. */
export const workflowVersion = '2';

export type OperationName = keyof typeof operations;
export const OperationName = z.enum(Object.keys(operations) as [OperationName, ...OperationName[]]);
export type OperationInput<N extends OperationName> = z.infer<(typeof operations)[N]['input']>;
export type OperationStep<N extends OperationName> = (typeof operations)[N]['steps'][number];

/** The definition with its input type forgotten, for code that serves every operation alike; parse the input first. */
export function getOperation(name: OperationName): OperationDefinition {
  return operations[name] as unknown as OperationDefinition;
}
