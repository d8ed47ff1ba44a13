import { type LocalProcessOptions, localProcess } from './local-process/local-process.ts';

/** Every way to make a guest. */
export const computes = { 'local-process': localProcess };

export type ComputeName = keyof typeof computes;
export type { LocalProcessOptions };
