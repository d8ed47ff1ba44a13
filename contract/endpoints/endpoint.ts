import * as z from 'zod';
import type { Action } from '../may.ts';
import { Id } from '../names.ts';
import { Operation } from '../resources/operation.ts';
import { RestorePlan } from '../resources/restore-window.ts';

export type Endpoint = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with {name} parts. */
  path: string;
  summary: string;
  /** Asked of may() with the addressed resource's project; null is open to anyone. */
  action: Action | null;
  /** Where the project comes from: an object of it (404 when foreign), the path, the body, or nowhere. */
  scope:
    | 'none'
    | 'path-project'
    | 'query-project'
    | 'body-project'
    | 'instance'
    | 'operation'
    | 'backup'
    | 'backup-schedule'
    | 'configuration-group'
    | 'storage-target'
    | 'invitation';
  query?: z.ZodObject;
  body?: z.ZodType;
  output: z.ZodType;
  status: 200 | 201 | 202 | 204;
  /** Starts something: the answer is kept for 24 h under the Idempotency-Key header. */
  idempotent?: true;
};

/** Every POST takes an Idempotency-Key, and what else starts something. */
export function takesKey({ method, idempotent }: Pick<Endpoint, 'method' | 'idempotent'>): boolean {
  return method === 'POST' || idempotent === true;
}

export const nothing = z.object({});
export const cursor = { cursor: z.string().optional(), limit: z.coerce.number().int().min(1).max(1000).default(100) };
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable(), total: z.number().int() });
export const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });
export const csv = <T extends z.ZodType<unknown, string>>(item: T) =>
  z
    .string()
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(item));

/** What starting an operation answers: the operation, or with `dryRun` only its plan. */
export const OperationStarted = z.object({ operation: Operation, instanceId: Id.nullable(), sentence: z.string() });
export const OperationPlan = z.object({
  refusal: z.string().nullable(),
  /** The input that the refusal is about, where there is one. */
  field: z.string().nullable(),
  steps: z.array(z.object({ key: z.string(), title: z.string() })),
  estimate: Operation.shape.estimate,
  /** Of a restore to a point in time: from which backup, and how much. */
  restore: RestorePlan.nullable(),
});

export const InstanceSort = z.enum(['problems', 'name', '-name', 'createdAt', '-createdAt']);
