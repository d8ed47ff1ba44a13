import * as z from 'zod';
import { Name } from '../names.ts';
import { ChangedTargetAddress, LocalStorage, NewTargetAddress, StorageTarget, StorageTest } from '../resources/storage-target.ts';
import type { Endpoint } from './endpoint.ts';
import { nothing } from './endpoint.ts';

export const storage = {
  listStorageTargets: {
    method: 'GET',
    path: '/api/storage-targets',
    summary: 'Where backups of your projects lie',
    action: 'catalogue.read',
    scope: 'none',
    query: z.object({ project: z.string().optional() }),
    output: z.object({ items: z.array(StorageTarget), local: LocalStorage }),
    status: 200,
  },
  createStorageTarget: {
    method: 'POST',
    path: '/api/storage-targets',
    summary: 'Add an S3 bucket or a Swift container for backups',
    action: 'storage-target.manage',
    scope: 'body-project',
    body: z.object({ projectId: z.string(), name: Name, address: NewTargetAddress, isDefault: z.boolean().default(false) }),
    output: StorageTarget,
    status: 201,
    idempotent: true,
  },
  updateStorageTarget: {
    method: 'PATCH',
    path: '/api/storage-targets/{storageTargetId}',
    summary: 'Change a target’s name, address or whether it is the default',
    action: 'storage-target.manage',
    scope: 'storage-target',
    body: z.object({ name: Name.optional(), address: ChangedTargetAddress.optional(), isDefault: z.boolean().optional() }),
    output: StorageTarget,
    status: 200,
  },
  testStorageTarget: {
    method: 'POST',
    path: '/api/storage-targets/{storageTargetId}/test',
    summary: 'Write, read back and delete an object there',
    action: 'storage-target.manage',
    scope: 'storage-target',
    output: StorageTest,
    status: 200,
  },
  testLocalStorage: {
    method: 'POST',
    path: '/api/local-storage/test',
    summary: 'Write, read back and delete an object in a project’s local directory, as the control plane',
    action: 'storage-target.manage',
    scope: 'body-project',
    body: z.object({ projectId: z.string() }),
    output: StorageTest,
    status: 200,
  },
  deleteStorageTarget: {
    method: 'DELETE',
    path: '/api/storage-targets/{storageTargetId}',
    summary: 'Forget a target that holds no backups',
    action: 'storage-target.manage',
    scope: 'storage-target',
    output: nothing,
    status: 204,
  },
} as const satisfies Record<string, Endpoint>;
