import * as z from 'zod';
import { Timestamp } from '../names.ts';
import { LogFile, LogLevel, LogPage } from '../resources/log.ts';
import type { Endpoint } from './endpoint.ts';
import { csv, list } from './endpoint.ts';

export const logs = {
  listLogs: {
    method: 'GET',
    path: '/api/instances/{instanceId}/logs',
    summary: 'Log files of an instance',
    action: 'log.read',
    scope: 'instance',
    output: list(LogFile),
    status: 200,
  },
  readLog: {
    method: 'GET',
    path: '/api/instances/{instanceId}/logs/{name}/lines',
    summary: 'A page of log lines',
    action: 'log.read',
    scope: 'instance',
    query: z.object({
      before: z.string().optional(),
      after: z.string().optional(),
      text: z.string().max(200).optional(),
      levels: csv(LogLevel).optional(),
      from: Timestamp.optional(),
      to: Timestamp.optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    output: LogPage,
    status: 200,
  },
  downloadLog: {
    method: 'GET',
    path: '/api/instances/{instanceId}/logs/{name}/download',
    summary: 'The whole log as text',
    action: 'log.read',
    scope: 'instance',
    output: z.string(),
    status: 200,
  },
} as const satisfies Record<string, Endpoint>;
