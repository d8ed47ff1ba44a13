import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { listSourceFiles } from './source-files.mjs';

const details = '-details.ts';
const otherNames = ['postgres', 'valkey'];

/** Pages speak of any engine by its definition: none is named outside a folder of its own in components. Returns sentences, one per line of code. */
export function findEngineNames(root) {
  const folder = path.join(root, 'contract/datastores');
  const engines = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(details)) : [];
  const names = engines.map((name) => name.slice(0, -details.length));
  const named = new RegExp([...names, ...otherNames].join('|'), 'i');
  const violations = [];
  for (const file of listSourceFiles(root, ['.ts', '.tsx', '.css'])) {
    const [room, place] = file.split('/');
    if (!['app', 'client', 'components'].includes(room) || names.includes(place) || /\.test\.tsx?$/.test(file)) continue;
    for (const [index, line] of readFileSync(path.join(root, file), 'utf8').split('\n').entries()) {
      if (named.test(line))
        violations.push(`${file}:${index + 1} names an engine: what differs between engines stands in contract/datastores`);
    }
  }
  return violations;
}
