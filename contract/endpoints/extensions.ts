import * as z from 'zod';
import { ExtensionName } from '../names.ts';
import { Extension } from '../resources/extension.ts';
import type { Endpoint } from './endpoint.ts';
import { list, nothing } from './endpoint.ts';

export const extensions = {
  listExtensions: {
    method: 'GET',
    path: '/api/instances/{instanceId}/databases/{name}/extensions',
    summary: 'Extensions a database has or could have, and why not where it could not',
    action: 'database.read',
    scope: 'instance',
    output: list(Extension),
    status: 200,
  },
  createExtension: {
    method: 'POST',
    path: '/api/instances/{instanceId}/databases/{name}/extensions',
    summary: 'Create an extension in a database, with those it requires',
    action: 'database.manage',
    scope: 'instance',
    body: z.object({ name: ExtensionName }),
    output: nothing,
    status: 201,
    idempotent: true,
  },
  dropExtension: {
    method: 'DELETE',
    path: '/api/instances/{instanceId}/databases/{name}/extensions/{extension}',
    summary: 'Drop an extension; refused while anything depends on it, unless cascade is its name again: then that goes, too',
    action: 'database.manage',
    scope: 'instance',
    query: z.object({ cascade: ExtensionName.optional() }),
    output: nothing,
    status: 204,
  },
} as const satisfies Record<string, Endpoint>;
