import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export type FoundRedis = { version: string; binFolder: string };

/** Every version of Redis and Valkey on this host: in the folders that GUESTBOARD_PROGRAM_FOLDERS names, and the system's own. */
export function listRedis(): FoundRedis[] {
  const named = (process.env.GUESTBOARD_PROGRAM_FOLDERS ?? '').split(':').filter(Boolean);
  const found = [...named, '/usr/bin'].flatMap((binFolder) =>
    ['redis', 'valkey'].flatMap((kind) => {
      const program = [`${kind}-server`, `${kind}-check-rdb`].map((name) => path.join(binFolder, name)).find((file) => existsSync(file));
      const said = program === undefined ? '' : spawnSync(program, ['--version'], { encoding: 'utf8', argv0: `${kind}-server` }).stdout;
      const number = / v=(\d+\.\d+)/.exec(said)?.[1];
      return number === undefined ? [] : [{ version: kind === 'redis' ? number : `${kind}-${number}`, binFolder }];
    }),
  );
  if (found.length === 0) throw new Error('There is no Redis: install redis-tools.');
  return found;
}
