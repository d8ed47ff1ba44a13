import { readFileSync, writeFileSync } from 'node:fs';
import { inProject } from '../launcher/places.mjs';

// Run after a package changed. A registry that holds only some platforms' binaries makes npm leave the others out of the
// lockfile, and then `npm ci` refuses it. Each gets the entry that says whom it is for; npm skips it everywhere else.
const file = inProject('package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const systems = ['android', 'darwin', 'freebsd', 'openharmony', 'win32', 'linux'];
const processors = ['arm64', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'arm'];
const added = [];

for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (lock.packages[`${parent}/node_modules/${name}`] || lock.packages[`node_modules/${name}`]) continue;
    const words = name.split('/').at(-1).split('-');
    const cpu = processors.filter((word) => words.includes(word)).slice(0, 1);
    const os = systems.filter((word) => words.includes(word));
    const libc = words.some((word) => word.startsWith('musl')) ? { libc: ['musl'] } : {};
    const kind = { ...(entry.dev ? { dev: true } : {}), optional: true };
    lock.packages[`node_modules/${name}`] = { version, cpu, ...libc, ...kind, ...(os.length > 0 ? { os } : {}) };
    added.push(name);
  }
}

const sorted = Object.entries(lock.packages).sort(([one], [other]) => (one < other ? -1 : 1));
lock.packages = Object.fromEntries(sorted);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? 'The lockfile is complete.' : `Added ${added.length}: ${added.join(', ')}`);
