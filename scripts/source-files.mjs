import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

export const rooms = [
  'contract',
  'launcher',
  'drivers',
  'agent',
  'server',
  'client',
  'components',
  'app',
  'e2e',
  'bench',
  'scripts',
  'prisma',
];

/** Every source file of the rooms below `root`, as sorted paths relative to it. Generated code is not source. */
export function listSourceFiles(root, extensions = ['.ts', '.tsx', '.mjs', '.cjs', '.css']) {
  const found = [];
  for (const room of rooms) if (existsSync(path.join(root, room))) walk(room);
  return found.sort();

  function walk(folder) {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const relative = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!['node_modules', 'generated'].includes(entry.name) && !entry.name.startsWith('.')) walk(relative);
      } else if (extensions.includes(path.extname(entry.name)) && !entry.name.endsWith('.d.ts')) found.push(relative);
    }
  }
}
