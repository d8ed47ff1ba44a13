import type { Client } from './connections.ts';
import type { Place } from './place.ts';
import { getSettings } from './settings.ts';
import { quoteText } from './sql.ts';

/**
 * The binary log takes an eighth of the volume at most, oldest first. The server itself keeps what a connected replica still reads; one that
 * was away for longer is copied afresh.
 */
export async function pruneBinaryLogs(place: Place, client: Client): Promise<void> {
  const { size } = await getSettings(place);
  const files = await client.query<{ Log_name: string; File_size: number | string }>('SHOW BINARY LOGS');
  let bytes = files.reduce((sum, file) => sum + Number(file.File_size), 0);
  let first = 0;
  for (; first < files.length - 1 && bytes > size.volumeBytes / 8; first += 1) bytes -= Number(files[first]?.File_size ?? 0);
  const kept = files[first];
  if (first > 0 && kept !== undefined) await client.query(`PURGE BINARY LOGS TO ${quoteText(kept.Log_name)}`);
}
