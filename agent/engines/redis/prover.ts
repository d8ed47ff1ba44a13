import { existsSync } from 'node:fs';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import { run } from '#drivers/process/run.ts';
import type { Prover } from '../../backup/prover.ts';
import { type Seat, withClient } from './connections.ts';
import { parseInfo, readKeyspace } from './info.ts';
import type { Place } from './place.ts';

/** Every number of keys is known to the server without counting. Keys that expire may have gone before the copy is read again. */
export function createProver(place: Place, seat: Seat): Prover {
  const ask = (signal: AbortSignal) => withClient(place, seat, signal, async (client) => parseInfo(String(await client.ask('INFO'))));
  return {
    count: async (_limits, signal) => {
      const info = await ask(signal);
      const mark = info.get('rdb_changes_since_last_save') ?? null;
      const keys = readKeyspace(info);
      const each = [...keys].map(([number, all]) => {
        const expiring = Number(/,expires=(\d+)/.exec(info.get(`db${number}`) ?? '')?.[1] ?? 0);
        return { name: String(number), rows: all - expiring, mark };
      });
      return { unit: 'keys', things: [...keys.values()].reduce((sum, all) => sum + all, 0), each };
    },
    check: async ({ signal }) => {
      const info = await ask(signal);
      const keys = [...readKeyspace(info).values()].reduce((sum, all) => sum + all, 0);
      const loaded = { what: 'Loaded', outcome: `The server checked the snapshot’s own checksum as it read ${keys} keys.` };
      // Debian's tools are the server itself under another name.
      const program = path.join(path.dirname(place.client), path.basename(place.client).replace('-cli', '-check-aof'));
      if (!existsSync(program)) return [loaded];
      const {
        code,
        signal: killedBy,
        stdout,
      } = await run(program, [place.manifestFile], { deadlineMs: 12 * 3_600_000, cwd: place.conf, signal });
      if (killedBy !== null) throw new GuestboardError('engine-unavailable', `${path.basename(program)} was ended by ${killedBy}.`);
      if (code !== 0) throw new GuestboardError('backup-damaged', 'The restored data is damaged.', { detail: stdout.slice(-2000) });
      return [loaded, { what: path.basename(program), outcome: 'Snapshot and log are sound.' }];
    },
  };
}
