import type { LogSource } from '../engine.ts';
import { type OpenLogFile, openLogFile } from './log-files.ts';

/** The file that follows this one, opened; null while this one is the newest. The order is the source's, or by birth when this one has left the list. */
export function findNextFile(source: LogSource, current: OpenLogFile): OpenLogFile | null {
  const paths = source.files();
  const newestPath = paths.at(-1);
  const newest = newestPath === undefined ? null : openLogFile(newestPath);
  if (newest === null) return null;
  if (newest.id === current.id) {
    newest.close();
    return null;
  }
  const opened = [...paths.slice(0, -1).flatMap((path) => openLogFile(path) ?? []), newest];
  const at = opened.findIndex(({ id }) => id === current.id);
  const next = at >= 0 ? opened[at + 1] : (opened.find(({ id }) => id > current.id) ?? newest);
  for (const file of opened) if (file !== next) file.close();
  return next ?? null;
}
