import { spawn } from 'node:child_process';
import { inProject, project } from './places.mjs';

/** Runs one of the project's programs in this terminal and returns its exit code or the signal that ended it. */
export function runHere(script, args, env = {}) {
  return new Promise((resolve) => {
    spawn(process.execPath, [inProject(script), ...args], { cwd: project, stdio: 'inherit', env: { ...process.env, ...env } })
      .on('exit', (code, signal) => resolve(code ?? signal))
      .on('error', resolve);
  });
}
