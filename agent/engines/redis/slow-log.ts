import { appendFileSync } from 'node:fs';
import type { ParsedLine } from '../../engine.ts';
import { readTail } from '../../logs/text-files.ts';
import type { Client, Reply } from './connections.ts';
import type { Place } from './place.ts';

const intervalMs = 2000;
/** As many as the server keeps. */
const mostEntries = 256;

type Entry = { id: number; at: string; microseconds: number; command: string[]; client: string };

/**
 * Redis keeps its slow commands in memory, the newest only: they are copied into a file of the guest every two seconds, so that the log
 * page has them like any other log. When more went by than the server keeps, a line says how many are missing.
 */
export function createSlowLog(place: Place) {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let lastId: number | null = null;
  return {
    /** Beside the beat; never throws. */
    copy: (client: Client, nowMs: number): void => {
      if (nowMs - askedAtMs < intervalMs) return;
      askedAtMs = nowMs;
      const take = (reply: Reply) => {
        const entries = toEntries(reply, place);
        lastId ??= readLastId(place);
        // A server that started anew counts from zero again.
        const newest = entries.at(-1)?.id ?? lastId;
        const known = newest < lastId ? -1 : lastId;
        append(
          place,
          entries.filter(({ id }) => id > known),
          known,
        );
        lastId = newest;
      };
      client
        .ask('SLOWLOG', 'GET', String(mostEntries))
        .then(take)
        .catch(() => {});
    },
  };
}

/** `{"id":…,"at":…,"microseconds":…,"client":…,"command":[…]}`, or a note of what is missing. */
export function parseSlowLine(line: string): ParsedLine {
  try {
    const { at, microseconds, client, command, missing } = JSON.parse(line) as Entry & { missing?: number };
    const atMs = Date.parse(at);
    if (missing !== undefined)
      return { atMs, level: 'warning', text: `About ${missing} slow commands went by before they could be copied here.` };
    return { atMs, level: 'info', text: `${(microseconds / 1000).toFixed(1)} ms · ${client} · ${command.join(' ')}` };
  } catch {
    return { atMs: null, level: 'info', text: line };
  }
}

function append(place: Place, entries: readonly Entry[], lastId: number): void {
  const [first] = entries;
  if (first === undefined) return;
  const missing = first.id - lastId - 1;
  const lines: object[] =
    entries.length >= mostEntries && missing > 0 ? [{ id: first.id - 1, at: first.at, missing }, ...entries] : [...entries];
  appendFileSync(place.slowLog, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
}

/** Oldest first, the agent's own left out. The server itself cuts long commands and hides what is secret in them. */
function toEntries(reply: Reply, place: Place): Entry[] {
  if (!Array.isArray(reply)) return [];
  return (
    reply
      .filter((entry): entry is Reply[] => Array.isArray(entry))
      .map(([id, seconds, microseconds, command, client]) => ({
        id: Number(id),
        at: new Date(Number(seconds) * 1000).toISOString(),
        microseconds: Number(microseconds),
        client: String(client),
        command: Array.isArray(command) ? command.map(String) : [],
      }))
      // Valkey 9.1 puts a path in brackets.
      .filter(({ client }) => !client.replace(/^\[/, '').startsWith(place.socketFile))
      .reverse()
  );
}

function readLastId(place: Place): number {
  const line =
    readTail(place.slowLog, 16 * 1024)
      .split('\n')
      .at(-1) ?? '';
  try {
    return Number((JSON.parse(line) as Entry).id);
  } catch {
    return -1;
  }
}
