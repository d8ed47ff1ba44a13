import { existsSync, readFileSync } from 'node:fs';
import { inProject, project } from './places.mjs';
import { run } from './run.mjs';
import { phase, Refusal } from './say.mjs';

/** Installs the npm packages by the lockfile, unless exactly these are there already. */
export async function installPackages() {
  if (packagesMatchLockfile()) return;
  await phase('npm packages installed by the lockfile', async () => {
    const [command, before] = process.env.npm_execpath ? [process.execPath, [process.env.npm_execpath]] : ['npm', []];
    const { code, output } = await run(command, [...before, 'ci', '--include=dev', '--no-audit', '--no-fund'], { cwd: project });
    if (code === 0) return;
    const reasons = output.split('\n').filter((line) => /^npm error \S/.test(line));
    throw new Refusal(`The npm packages could not be installed (npm ci ended with ${code}).\n${reasons.slice(0, 8).join('\n')}`);
  });
}

function packagesMatchLockfile() {
  const installed = inProject('node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = JSON.parse(readFileSync(inProject('package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages;
  return Object.entries(wanted).every(([name, entry]) => name === '' || entry.optional || present[name]?.version === entry.version);
}
