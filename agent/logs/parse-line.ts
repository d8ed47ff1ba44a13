import type { LogLine } from '#contract/resources/log.ts';
import type { LogSource } from '../engine.ts';
import { decodeLine, escapeControls } from './decode-line.ts';
import { type OpenLogFile, toPosition } from './log-files.ts';
import type { RawLine } from './raw-lines.ts';

export type ReadLine = { line: LogLine; atMs: number | null };

/** A raw line as people read it, by the engine's rules. */
export function toReadLine(source: LogSource, file: OpenLogFile, raw: RawLine): ReadLine {
  const { atMs, level, text } = source.parse(decodeLine(raw.bytes, raw.truncated));
  return {
    atMs,
    line: {
      position: toPosition(file.id, raw.offset),
      at: atMs === null ? null : new Date(atMs).toISOString(),
      level,
      text: escapeControls(text),
      truncated: raw.truncated,
    },
  };
}
