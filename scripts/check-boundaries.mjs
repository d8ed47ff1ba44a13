import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { listSourceFiles, rooms } from './source-files.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));

/**
 * Cruises every import below `root` by the rules of .dependency-cruiser.cjs. Returns sentences, one per violation.
 * A run that saw fewer files than there are is a violation too: a check that looked at nothing must not pass.
 */
export function findBoundaryViolations(root = project) {
  const files = listSourceFiles(root, ['.ts', '.tsx', '.mjs', '.cjs']);
  if (files.length === 0) return ['nothing was cruised: there are no source files'];
  const present = rooms.filter((room) => existsSync(path.join(root, room)));
  const cruiser = path.join(project, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = path.join(project, '.dependency-cruiser.cjs');
  const run = spawnSync(process.execPath, [cruiser, '--config', config, '--output-type', 'json', ...present], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  let report;
  try {
    report = JSON.parse(run.stdout);
  } catch {
    return [`dependency-cruiser gave no report: ${(run.stderr || run.stdout).trim().slice(0, 2000)}`];
  }
  const cruised = new Set(report.modules.filter((module) => !module.couldNotResolve).map((module) => module.source));
  const unseen = files.filter((file) => !cruised.has(file));
  const violations = report.summary.violations.map(toSentence);
  if (unseen.length > 0)
    violations.push(
      `only ${files.length - unseen.length} of ${files.length} source files were cruised, not ${unseen.slice(0, 5).join(', ')}`,
    );
  const parsed = report.modules.filter((module) => module.dependencies.length > 0).length;
  if (parsed === 0 && files.length > 1) violations.push(`nothing was cruised: no import was seen in ${files.length} source files`);
  return violations;
}

function toSentence(violation) {
  const around = violation.cycle ? violation.cycle.map((step) => step.name ?? step).join(' → ') : violation.to;
  return `${violation.rule.name}: ${violation.from} → ${around}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const violations = findBoundaryViolations(process.argv[2] ? path.resolve(process.argv[2]) : project);
  for (const violation of violations) console.error(violation);
  process.exit(violations.length === 0 ? 0 : 1);
}
