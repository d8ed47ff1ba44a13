import { mkdirSync } from 'node:fs';
import { buildWhatChanged } from './build.mjs';
import { installPackages } from './packages.mjs';
import { inProject } from './places.mjs';
import { requireSupportedNode } from './preflight.mjs';
import { requireTestPackages } from './test-packages.mjs';

/** Everything tests and benchmarks need: packages, programs of the system, and the product built. */
export async function prepareTests() {
  requireSupportedNode();
  await installPackages();
  await requireTestPackages();
  await buildWhatChanged();
  mkdirSync(inProject('var/test'), { recursive: true });
}
