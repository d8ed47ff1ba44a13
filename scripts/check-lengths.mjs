import { readFileSync } from 'node:fs';
import path from 'node:path';
import { listSourceFiles } from './source-files.mjs';

export const longestFile = 300;

/** Files longer than anyone reads at once. Returns sentences, one per file. */
export function findLongFiles(root) {
  return listSourceFiles(root)
    .map((file) => ({ file, lines: readFileSync(path.join(root, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > longestFile)
    .map(({ file, lines }) => `${file} has ${lines} lines: split it, ${longestFile} is the most`);
}
