import * as z from 'zod';
import { Id } from '../names.ts';
import { Operation, OperationState } from '../resources/operation.ts';
import type { Endpoint } from './endpoint.ts';
import { csv, cursor, page } from './endpoint.ts';

export const operations = {
  listOperations: {
    method: 'GET',
    path: '/api/operations',
    summary: 'Operations of your projects, newest first',
    action: 'catalogue.read',
    scope: 'none',
    query: z.object({ ...cursor, project: z.string().optional(), instance: Id.optional(), state: csv(OperationState).optional() }),
    output: page(Operation),
    status: 200,
  },
  getOperation: {
    method: 'GET',
    path: '/api/operations/{operationId}',
    summary: 'One operation',
    action: 'operation.read',
    scope: 'operation',
    output: Operation,
    status: 200,
  },
  cancelOperation: {
    method: 'POST',
    path: '/api/operations/{operationId}/cancel',
    summary: 'Cancel where it is safe',
    action: 'operation.cancel',
    scope: 'operation',
    output: Operation,
    status: 202,
  },
  resumeOperation: {
    method: 'POST',
    path: '/api/operations/{operationId}/resume',
    summary: 'Take a failed operation up again from the failed step',
    action: 'operation.cancel',
    scope: 'operation',
    output: Operation,
    status: 202,
  },
} as const satisfies Record<string, Endpoint>;
