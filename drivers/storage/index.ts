import { createLocalDirectory } from './local-directory.ts';
import type { Storage } from './storage.ts';

/** Every kind of backup storage, by the name the configuration uses. */
export const storages = { 'local-directory': createLocalDirectory } as const satisfies Record<string, (place: string) => Storage>;
