import * as z from 'zod';
import { DatastoreName } from '../datastores/index.ts';
import { flavors } from '../flavors.ts';
import { CreateInstanceInput } from '../operations/create-instance.ts';
import { OperationName } from '../operations/index.ts';
import { InstanceEvent } from '../resources/event.ts';
import { Instance } from '../resources/instance.ts';
import { Sample } from '../resources/sample.ts';
import { DatastoreVersion, System } from '../resources/system.ts';
import { InstanceStatus } from '../status.ts';
import type { Endpoint } from './endpoint.ts';
import { csv, cursor, InstanceSort, list, OperationPlan, OperationStarted, page } from './endpoint.ts';

export const instances = {
  listDatastoreVersions: {
    method: 'GET',
    path: '/api/datastore-versions',
    summary: 'Datastore versions this host really has',
    action: 'catalogue.read',
    scope: 'none',
    output: list(DatastoreVersion),
    status: 200,
  },
  listFlavors: {
    method: 'GET',
    path: '/api/flavors',
    summary: 'Flavors',
    action: 'catalogue.read',
    scope: 'none',
    output: z.object({
      items: z.array(
        z.object({ id: z.enum(flavors.map((flavor) => flavor.id)), title: z.string(), memoryBytes: z.number(), cpus: z.number() }),
      ),
    }),
    status: 200,
  },
  listInstances: {
    method: 'GET',
    path: '/api/instances',
    summary: 'Instances of your projects',
    action: 'catalogue.read',
    scope: 'none',
    query: z.object({
      ...cursor,
      project: z.string().optional(),
      text: z.string().max(100).optional(),
      status: csv(InstanceStatus).optional(),
      datastore: csv(DatastoreName).optional(),
      sort: InstanceSort.default('problems'),
    }),
    output: page(Instance),
    status: 200,
  },
  createInstance: {
    method: 'POST',
    path: '/api/instances',
    summary: 'Create an instance: empty, from a backup, or as a replica; with a backup schedule, if one is given',
    action: 'instance.create',
    scope: 'body-project',
    body: z.object({ projectId: z.string(), input: CreateInstanceInput, dryRun: z.boolean().default(false) }),
    output: z.union([OperationStarted, OperationPlan]),
    status: 202,
    idempotent: true,
  },
  getInstance: {
    method: 'GET',
    path: '/api/instances/{instanceId}',
    summary: 'One instance',
    action: 'instance.read',
    scope: 'instance',
    output: Instance,
    status: 200,
  },
  startOperation: {
    method: 'POST',
    path: '/api/instances/{instanceId}/operations',
    summary: 'Ask for an operation on an instance; with dryRun only its plan',
    action: 'instance.read',
    scope: 'instance',
    body: z.object({ name: OperationName, input: z.record(z.string(), z.unknown()).default({}), dryRun: z.boolean().default(false) }),
    output: z.union([OperationStarted, OperationPlan]),
    status: 202,
    idempotent: true,
  },
  revealPassword: {
    method: 'POST',
    path: '/api/instances/{instanceId}/password',
    summary: 'Reveal a password Guestboard generated; recorded as an event',
    action: 'secret.reveal',
    scope: 'instance',
    body: z.object({ user: z.string() }),
    output: z.object({ user: z.string(), password: z.string() }),
    status: 200,
  },
  listEvents: {
    method: 'GET',
    path: '/api/instances/{instanceId}/events',
    summary: 'What happened to an instance, newest first',
    action: 'instance.read',
    scope: 'instance',
    query: z.object(cursor),
    output: page(InstanceEvent),
    status: 200,
  },
  listSamples: {
    method: 'GET',
    path: '/api/instances/{instanceId}/samples',
    summary: 'Samples of the last minutes, oldest first',
    action: 'instance.read',
    scope: 'instance',
    query: z.object({ minutes: z.coerce.number().int().min(1).max(60).default(15) }),
    output: list(Sample),
    status: 200,
  },
  getSystem: {
    method: 'GET',
    path: '/api/system',
    summary: 'The control plane about itself',
    action: 'system.read',
    scope: 'none',
    output: System,
    status: 200,
  },
} as const satisfies Record<string, Endpoint>;
