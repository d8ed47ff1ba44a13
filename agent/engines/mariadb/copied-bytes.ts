import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { withClient } from './connections.ts';
import type { Place } from './place.ts';

/** What the copying program takes of the data folder itself, and of the folders of databases. Not what the server lays out beforehand for its log. */
const spaces = /^(ibdata\d+|undo\d+|aria_log(_control|\.\d+))$/;
const ofTables = /\.(ibd|isl|frm|par|opt|MYD|MYI|MAD|MAI|MRG|TRG|TRN|ARM|ARZ|CSM|CSV)$/;

/**
 * Bytes of a full copy as its stream has them: every file that is copied, and the log that those do not hold yet. What is written while it is
 * made comes on top.
 */
export async function measureCopy(place: Place, signal: AbortSignal): Promise<number> {
  const entries = await readdir(place.data, { withFileTypes: true });
  let bytes = await readLogBytes(place, signal);
  for (const { name } of entries.filter((entry) => entry.isFile() && spaces.test(entry.name))) bytes += await measure(place.data, name);
  for (const { name } of entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('#'))) {
    const folder = path.join(place.data, name);
    for (const file of await readdir(folder).catch(() => [])) if (ofTables.test(file)) bytes += await measure(folder, file);
    signal.throwIfAborted();
  }
  return bytes;
}

/** With its name before and after it; one that is gone meanwhile is not copied. */
async function measure(folder: string, name: string): Promise<number> {
  const { size } = await stat(path.join(folder, name)).catch(() => ({ size: 0 }));
  return size + 2 * (path.basename(folder).length + name.length) + 50;
}

async function readLogBytes(place: Place, signal: AbortSignal): Promise<number> {
  const rows = await withClient(place, { signal }, (client) =>
    client.query<{ value: string }>(client.dialect.look.counters(['INNODB_CHECKPOINT_AGE'])),
  );
  return Number(rows[0]?.value ?? 0);
}
