import * as z from 'zod';
import { StorageAddress } from '../guest/storage-address.ts';
import { Recovery, RecoveryPlan } from '../resources/recovery.ts';
import type { Endpoint } from './endpoint.ts';

export const recovery = {
  getRecovery: {
    method: 'GET',
    path: '/api/recovery',
    summary: 'How the control plane saves itself',
    action: 'system.read',
    scope: 'none',
    output: Recovery,
    status: 200,
  },
  changeRecovery: {
    method: 'PATCH',
    path: '/api/recovery',
    summary:
      'Change where the control plane saves itself, how often, and how many saves are kept; or say that a copy of the key is kept elsewhere',
    action: 'recovery.manage',
    scope: 'none',
    body: RecoveryPlan.partial().extend({ keyKept: z.literal(true).optional() }),
    output: Recovery,
    status: 200,
  },
  saveControlPlane: {
    method: 'POST',
    path: '/api/recovery/save',
    summary: 'Save the control plane now',
    action: 'recovery.manage',
    scope: 'none',
    output: Recovery,
    status: 202,
  },
  renewRecoveryKey: {
    method: 'POST',
    path: '/api/recovery/key',
    summary: 'Make a new recovery key, in the data folder of the server that answers; saves for the one before it go a day later',
    action: 'recovery.manage',
    scope: 'none',
    output: Recovery,
    status: 200,
  },
  getRecoveryStorage: {
    method: 'GET',
    path: '/api/recovery/storage',
    summary: 'Where the saves lie, with its secret, as `npm run recover -- --from` reads it',
    action: 'recovery.manage',
    scope: 'none',
    output: StorageAddress,
    status: 200,
  },
} as const satisfies Record<string, Endpoint>;
