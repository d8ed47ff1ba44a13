import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { ensureDatabaseAccount, mayRead } from './account.mjs';
import { inProject, project } from './places.mjs';

const longestForSockets = 60;

/**
 * The data folder of a Guestboard that tests or benchmarks start: in the clone, or below /var/tmp where the clone is closed
 * to the databases' accounts or its path too long for their sockets. The same clone always gets the same one.
 */
export function chooseTestFolder(name) {
  const inside = inProject('var', name);
  const account = ensureDatabaseAccount();
  if (inside.length <= longestForSockets && (!account || mayRead(account, project, '-x'))) return inside;
  const mark = createHash('sha256').update(project).digest('hex').slice(0, 8);
  const base = `/var/tmp/guestboard-test-${process.getuid()}-${mark}`;
  mkdirSync(base, { recursive: true });
  chmodSync(base, 0o711);
  return path.join(base, path.basename(name));
}
