import * as z from 'zod';
import { Connection } from '../resources/connection.ts';
import type { Endpoint } from './endpoint.ts';
import { nothing } from './endpoint.ts';

export const connections = {
  listConnections: {
    method: 'GET',
    path: '/api/instances/{instanceId}/connections',
    summary: 'Who is connected, what runs, for how long, and who waits for whom',
    action: 'connection.read',
    scope: 'instance',
    output: z.object({ items: z.array(Connection), total: z.number().int() }),
    status: 200,
  },
  cancelStatement: {
    method: 'POST',
    path: '/api/instances/{instanceId}/connections/{connectionId}/cancel',
    summary: 'Cancel the statement a connection runs',
    action: 'connection.end',
    scope: 'instance',
    output: nothing,
    status: 200,
  },
  endConnection: {
    method: 'DELETE',
    path: '/api/instances/{instanceId}/connections/{connectionId}',
    summary: 'End a connection; its open transaction is rolled back',
    action: 'connection.end',
    scope: 'instance',
    output: nothing,
    status: 204,
  },
} as const satisfies Record<string, Endpoint>;
