import type { EndpointName } from '#contract/api.ts';
import type { ApiParts, SomeHandlers } from './call.ts';
import { accountHandlers } from './handlers/accounts.ts';
import { backupScheduleHandlers } from './handlers/backup-schedules.ts';
import { backupHandlers } from './handlers/backups.ts';
import { connectionHandlers } from './handlers/connections.ts';
import { extensionHandlers } from './handlers/extensions.ts';
import { instanceHandlers } from './handlers/instances.ts';
import { joiningHandlers } from './handlers/joining.ts';
import { logHandlers } from './handlers/logs.ts';
import { operationHandlers } from './handlers/operations.ts';
import { projectHandlers } from './handlers/projects.ts';
import { recoveryHandlers } from './handlers/recovery.ts';
import { storageTargetHandlers } from './handlers/storage-targets.ts';

/** Every endpoint's handler: one that is missing does not compile. */
export function createHandlers(parts: ApiParts): SomeHandlers<EndpointName> {
  return {
    ...projectHandlers(parts),
    ...joiningHandlers(parts),
    ...instanceHandlers(parts),
    ...operationHandlers(parts),
    ...accountHandlers(parts),
    ...extensionHandlers(parts),
    ...connectionHandlers(parts),
    ...logHandlers(parts),
    ...backupHandlers(parts),
    ...storageTargetHandlers(parts),
    ...backupScheduleHandlers(parts),
    ...recoveryHandlers(parts),
  };
}
