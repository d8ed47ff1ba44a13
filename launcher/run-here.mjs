import { spawn } from 'node:child_process';
import { inProject, project } from './places.mjs';

/** Runs one of the project's programs in this terminal and returns its exit code or the signal that ended it. It ends with us. */
export function runHere(script, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [inProject(script), ...args], {
      cwd: project,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    });
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
    child.on('exit', (code, signal) => resolve(code ?? signal)).on('error', resolve);
  });
}
