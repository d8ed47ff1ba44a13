import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project: every other place is named from here. */
export const project = path.resolve(fileURLToPath(new URL('..', import.meta.url)));

export const inProject = (...parts) => path.join(project, ...parts);
