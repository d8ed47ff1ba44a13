import type * as z from 'zod';
import { accounts } from './endpoints/accounts.ts';
import { backupSchedules } from './endpoints/backup-schedules.ts';
import { backups } from './endpoints/backups.ts';
import { connections } from './endpoints/connections.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { extensions } from './endpoints/extensions.ts';
import { identity } from './endpoints/identity.ts';
import { instances } from './endpoints/instances.ts';
import { logs } from './endpoints/logs.ts';
import { operations } from './endpoints/operations.ts';
import { recovery } from './endpoints/recovery.ts';
import { storage } from './endpoints/storage.ts';

/** Every endpoint of ours. The server implements each by name; the browser calls each by name; the reference page is made from it. */
export const api = {
  ...identity,
  ...instances,
  ...accounts,
  ...extensions,
  ...connections,
  ...logs,
  ...operations,
  ...backups,
  ...storage,
  ...backupSchedules,
  ...recovery,
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof api;
type Part<N extends EndpointName, K extends string> = (typeof api)[N] extends { [P in K]: infer S extends z.ZodType } ? S : never;
export type EndpointQuery<N extends EndpointName> = [Part<N, 'query'>] extends [never] ? undefined : z.output<Part<N, 'query'>>;
export type EndpointBody<N extends EndpointName> = [Part<N, 'body'>] extends [never] ? undefined : z.output<Part<N, 'body'>>;
/** What a caller may write: defaults left out, lists as comma-separated text. */
export type EndpointQueryInput<N extends EndpointName> = [Part<N, 'query'>] extends [never] ? undefined : z.input<Part<N, 'query'>>;
export type EndpointBodyInput<N extends EndpointName> = [Part<N, 'body'>] extends [never] ? undefined : z.input<Part<N, 'body'>>;
export type EndpointOutput<N extends EndpointName> = z.output<(typeof api)[N]['output']>;
type PathParts<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | PathParts<Rest> : never;
export type EndpointPath<N extends EndpointName> = { [K in PathParts<(typeof api)[N]['path']>]: string };
