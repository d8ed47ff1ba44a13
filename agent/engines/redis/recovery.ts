import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandContext } from '#contract/guest/commands.ts';
import { type FetchedFile, fetchLog, isLater, type Point, toSecond } from '../../archive/file-log/fetch-log.ts';
import type { LogPosition } from '../../archive/file-log/log-position.ts';
import type { EngineHost } from '../../engine.ts';
import { syncFileSystem } from '../../sync-file-system.ts';
import { Access, saveAccess } from './access.ts';
import type { Place } from './place.ts';
import { readCommands } from './read-commands.ts';

/** What of an increment is taken: from behind the base, in whichever database that was, up to the moment. */
type Cut = { from: number; to: number; database: number; isEnd: boolean };
type State = { database: number; second: number; isInside: boolean };

/**
 * Lays the archived writes behind the snapshot of a restored copy, up to the moment: the server reads them when it starts. Whatever fails
 * leaves no folder.
 */
export async function recoverTo(place: Place, host: EngineHost, point: Point, folder: string, context: CommandContext): Promise<void> {
  const files = path.join(folder, 'appendonlydir');
  const atMs = toSecond(point.atMs);
  const state: State = { database: 0, second: 0, isInside: false };
  let accounts: string | null = null;
  const target = await open(path.join(files, 'appendonly.aof.1.incr.aof'), 'a', 0o600);
  try {
    await fetchLog({
      ...{ identity: host.identity, point, context },
      toFile: (file) => path.join(folder, `fetched.${file}`),
      readBase: ({ coordinates }) => readBasePosition(coordinates.appendOnlyFile ?? ''),
      take: async (fetched, base) => {
        accounts = fetched.notes.findLast((note) => note.sinceMs < atMs)?.text ?? accounts;
        const cut = await findCut(fetched, fetched.file === base.file ? base.offset : 0, atMs, state);
        if (fetched.file === base.file) await target.write(toSelect(cut.database));
        await append(target, fetched, cut);
        await rm(path.join(folder, `fetched.${fetched.file}`));
        return cut.isEnd;
      },
    });
    await target.sync();
  } catch (error) {
    await target.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    context.signal.throwIfAborted();
    throw error;
  }
  await target.close();
  if (accounts !== null) await saveAccess(place, { ...Access.parse(JSON.parse(accounts)), stopped: false, replicas: [] });
  await syncFileSystem(folder, context.signal);
}

async function append(target: FileHandle, { handle }: FetchedFile, { from, to }: Cut): Promise<void> {
  const block = Buffer.alloc(1024 * 1024);
  for (let at = from; at < to; ) {
    const { bytesRead } = await handle.read(block, 0, Math.min(block.length, to - at), at);
    await target.write(block, 0, bytesRead);
    at += bytesRead;
  }
}

/** Whole commands and whole transactions; what stands before the base says which database it was in. */
async function findCut({ handle, size, stretches }: FetchedFile, from: number, atMs: number, state: State): Promise<Cut> {
  let to = from;
  let database = state.database;
  for await (const entry of readCommands(handle, size)) {
    if (entry.second !== null) state.second = entry.second;
    if (entry.offset >= from && !state.isInside && isLater(entry.offset, stretches, state.second, atMs))
      return { from, to, database, isEnd: true };
    if (entry.word === 'MULTI') state.isInside = true;
    if (entry.word === 'EXEC') state.isInside = false;
    if (entry.database !== null) state.database = entry.database;
    if (entry.end <= from) database = state.database;
    if (entry.end > from && !state.isInside) to = entry.end;
  }
  // Half a transaction was never done.
  state.isInside = false;
  if (from > size) throw new GuestboardError('backup-damaged', 'The archive does not reach the end of the base backup.');
  return { from, to, database, isEnd: false };
}

function toSelect(database: number): string {
  const number = String(database);
  return `*2\r\n$6\r\nSELECT\r\n$${number.length}\r\n${number}\r\n`;
}

/** As our copy noted it: `3:1234`. */
function readBasePosition(text: string): LogPosition | null {
  const [, file, offset] = /^(\d+):(\d+)$/.exec(text) ?? [];
  return file === undefined || offset === undefined ? null : { file: Number(file), offset: Number(offset) };
}
