import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CommandContext } from '#contract/guest/commands.ts';
import { fetchLog, type Point, toSecond } from '../../archive/file-log/fetch-log.ts';
import type { LogPosition } from '../../archive/file-log/log-position.ts';
import type { EngineHost } from '../../engine.ts';
import { findCut } from './log-cut.ts';
import { magicBytes } from './log-events.ts';
import type { Place } from './place.ts';
import { type FetchedLog, replayLog } from './replay.ts';

/** Brings a restored copy from where it ends to the moment, by the archived log. Whatever fails leaves no folder. */
export async function recoverTo(place: Place, host: EngineHost, point: Point, folder: string, context: CommandContext): Promise<void> {
  try {
    await rm(place.replaying, { recursive: true, force: true });
    await mkdir(place.replaying, { recursive: true, mode: 0o700 });
    const log = await fetchCutLog(place, host, point, context);
    // Nothing was committed between the copy and the moment.
    if (log.last.size === 0) return;
    const { disabledEvents } = await replayLog(place, folder, log, context);
    if (disabledEvents > 0) tellOfEvents(host, disabledEvents);
  } catch (error) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    context.signal.throwIfAborted();
    throw error;
  } finally {
    await rm(place.replaying, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Everything the replay needs lies there and is checked before a server starts. */
async function fetchCutLog(place: Place, { identity }: EngineHost, point: Point, context: CommandContext): Promise<FetchedLog> {
  const files: FetchedLog['files'] = [];
  const last = new Map<number, string>();
  const toFile = () => path.join(place.replaying, `relay.${String(files.length + 1).padStart(6, '0')}`);
  let start = 0;
  await fetchLog({
    ...{ identity, point, toFile, context },
    readBase: ({ coordinates }) => readBasePosition(coordinates.binaryLog ?? ''),
    take: async (fetched, base) => {
      const isFirst = fetched.file === base.file;
      if (isFirst) start = base.offset;
      const cut = await findCut(fetched, isFirst ? base.offset : magicBytes, toSecond(point.atMs));
      await fetched.handle.truncate(cut.offset);
      files.push({ file: toFile(), sizeBytes: cut.offset });
      for (const [domain, name] of cut.last) last.set(domain, name);
      return cut.isEnd;
    },
  });
  return { files, from: start, last };
}

/** As the copying program noted it: `filename 'binlog.000002', position '790', GTID …`. */
function readBasePosition(text: string): LogPosition | null {
  const [, file, offset] = /filename 'binlog\.(\d+)', position '(\d+)'/.exec(text) ?? [];
  return file === undefined || offset === undefined ? null : { file: Number(file), offset: Number(offset) };
}

/** What is applied as a replica applies it leaves every event disabled, and which of them ran at the moment nobody knows any more. */
function tellOfEvents(host: EngineHost, count: number): void {
  host.event({
    code: 'events-disabled',
    tone: 'attention',
    sentence: `Scheduled events came with the log disabled: ${count}. Enable those that should run with ALTER EVENT … ENABLE.`,
  });
}
