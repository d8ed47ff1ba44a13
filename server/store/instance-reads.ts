import type { Pool } from 'pg';
import type { Instance } from '#contract/resources/instance.ts';
import { type InstanceRow, instanceColumns, instanceTables, toInstance } from './instance-row.ts';

const mostAtOnce = 2;
const text = `select ${instanceColumns} from ${instanceTables} where i."deletedAt" is null and i.id = any($1)`;

/** `isScratch`: it belongs to one operation alone, and nobody else is shown it. */
export type ReadInstance = { instance: Instance; isScratch: boolean };
type Batch = { ids: Set<string>; rows: Promise<Map<string, ReadInstance>>; start(): void };

/**
 * Reads instances by id, gathering what is asked while earlier reads are under way into one statement. A question is answered by a
 * statement that began after it was asked, so nobody reads older than what was committed before. The caller applies the scope.
 */
export function createInstanceReads(pool: Pool): (ids: readonly string[]) => Promise<Map<string, ReadInstance>> {
  let gathering: Batch | null = null;
  let running = 0;

  function gather(): Batch {
    let start = () => {};
    const ids = new Set<string>();
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    const rows = started.then(async () => {
      const { rows: found } = await pool.query<InstanceRow>({ name: 'instances by id', text, values: [[...ids]] });
      return new Map(found.map((row) => [row.id, { instance: toInstance(row), isScratch: row.scratchFor !== null }]));
    });
    return { ids, rows, start };
  }

  function startNext() {
    if (!gathering || running >= mostAtOnce) return;
    const batch = gathering;
    gathering = null;
    running += 1;
    batch.start();
    const finish = () => {
      running -= 1;
      startNext();
    };
    batch.rows.then(finish, finish);
  }

  return (ids) => {
    if (!gathering) {
      gathering = gather();
      // The rest of this turn's requests still join.
      setImmediate(startNext);
    }
    for (const id of ids) gathering.ids.add(id);
    return gathering.rows;
  };
}
