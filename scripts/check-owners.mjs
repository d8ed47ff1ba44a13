import { readFileSync } from 'node:fs';
import path from 'node:path';
import { listSourceFiles } from './source-files.mjs';

const readsEnvironment = /(^|\/)config\.ts$|^(launcher|scripts|e2e|bench|prisma)\/|\.(test|testsuite)\.tsx?$/;
const quoted = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/g;

/** What an import rule cannot see: who reads the environment. Returns sentences, one per violation. */
export function findOwnerViolations(root) {
  const violations = [];
  for (const file of listSourceFiles(root, ['.ts', '.tsx', '.mjs'])) {
    if (readsEnvironment.test(file)) continue;
    const lines = readFileSync(path.join(root, file), 'utf8').split('\n');
    for (const [index, line] of lines.entries()) {
      if (/\bprocess\.env\b/.test(line.replace(quoted, "''")) && !/^\s*(\/\/|\*)/.test(line))
        violations.push(`${file}:${index + 1} reads process.env: only a config.ts may`);
    }
  }
  return violations;
}
