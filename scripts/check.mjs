import { existsSync, writeFileSync } from 'node:fs';
import { inProject, project } from '../launcher/places.mjs';
import { generatePrismaClient } from '../launcher/prisma-client.mjs';
import { run } from '../launcher/run.mjs';
import { findDeadPaths } from './check-docs.mjs';
import { findEngineNames } from './check-engine-names.mjs';
import { findLongFiles } from './check-lengths.mjs';
import { findOwnerViolations } from './check-owners.mjs';

const checks = [
  ['types', () => node('node_modules/typescript7/bin/tsc', '--noEmit', '-p', '.')],
  ['boundaries', () => node('scripts/check-boundaries.mjs')],
  ['format and lint', () => node('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=40', '.')],
  ['dead code', () => node('node_modules/knip/bin/knip.js', '--no-progress')],
  ['owners', () => sentences(findOwnerViolations(project))],
  ['engine names', () => sentences(findEngineNames(project))],
  ['file length', () => sentences(findLongFiles(project))],
  ['docs', () => sentences(findDeadPaths(project))],
];

/** `npm run check`, or `npm run check types docs` for some of them. Needs no database and no network. */
const started = performance.now();
if (!existsSync(inProject('node_modules/typescript7'))) {
  console.error('The packages are not installed: run `npm ci` first.');
  process.exit(1);
}
const named = process.argv.slice(2);
const chosen = checks.filter(([name]) => named.length === 0 || named.includes(name));
declareNextTypes();
await generatePrismaClient();
const failed = (await Promise.all(chosen.map(report))).filter((passed) => !passed).length;
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(
  failed === 0 && chosen.length > 0
    ? `${chosen.length} checks passed in ${seconds} s`
    : `${failed} of ${chosen.length} checks failed in ${seconds} s`,
);
process.exit(failed === 0 && chosen.length > 0 ? 0 : 1);

async function report([name, check]) {
  const began = performance.now();
  const { code, output } = await check();
  const took = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name}  ${took} s`);
  if (code !== 0) console.log(output.trimEnd().replace(/^/gm, '      '));
  return code === 0;
}

function node(script, ...args) {
  return run(process.execPath, [inProject(script), ...args], { cwd: project });
}

function sentences(violations) {
  return { code: violations.length === 0 ? 0 : 1, output: violations.join('\n') };
}

/** Next writes this file on its first build; the type check must not depend on one. */
function declareNextTypes() {
  const file = inProject('next-env.d.ts');
  if (!existsSync(file)) writeFileSync(file, '/// <reference types="next" />\n/// <reference types="next/image-types/global" />\n');
}
