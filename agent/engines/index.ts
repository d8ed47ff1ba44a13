import type { DatastoreName } from '#contract/datastores/index.ts';
import type { CreateEngine } from '../engine.ts';
import { createEngine as postgresql } from './postgresql/index.ts';

/** Every engine, by its datastore's name: the agent picks the one its identity names. */
export const engines: { [D in DatastoreName]: CreateEngine<D> } = { postgresql };
