import * as z from 'zod';
import { datastores } from './registry.ts';

export { getDatastore } from './definitions.ts';
export { datastores } from './registry.ts';

export type DatastoreName = keyof typeof datastores;
export const DatastoreName = z.enum(Object.keys(datastores) as [DatastoreName, ...DatastoreName[]]);
export type CapabilityOf<D extends DatastoreName> = (typeof datastores)[D]['capabilities'][number];
