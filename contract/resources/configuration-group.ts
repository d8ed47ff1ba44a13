import * as z from 'zod';
import { DatastoreName } from '../datastores/index.ts';
import { Id, Name, Timestamp } from '../names.ts';

export const ParameterValue = z.union([z.string(), z.number(), z.boolean()]);
export type ParameterValue = z.infer<typeof ParameterValue>;

/** A named set of parameter values, attached to instances of one datastore. */
export const ConfigurationGroup = z.object({
  id: Id,
  revision: z.number().int(),
  projectId: z.string(),
  name: Name,
  datastore: DatastoreName,
  values: z.record(z.string(), ParameterValue),
  instanceIds: z.array(Id),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type ConfigurationGroup = z.infer<typeof ConfigurationGroup>;
