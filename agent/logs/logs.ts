import { GuestboardError } from '#contract/errors.ts';
import type { Answers } from '#contract/guest/commands.ts';
import type { ReportBody } from '#contract/guest/reports.ts';
import type { LogSource } from '../engine.ts';
import { createStreamMeter } from '../small-heap.ts';
import { type Follow, openFollow } from './follow.ts';
import { type OpenLogFile, parsePosition, toPosition, withLogFiles } from './log-files.ts';
import { readAt } from './raw-lines.ts';
import { readPage } from './read-page.ts';

export type Logs = {
  answers: Answers<'logs'>;
  /** The newest lines of whichever log was written last, as text: for a report of why the engine ended. */
  lastLines(count: number): Promise<string>;
  close(): void;
};

type LogsOptions = {
  sources(): readonly LogSource[];
  /** False when it could not be sent. */
  report(body: ReportBody): boolean;
  isConnected(): boolean;
  log(sentence: string): void;
  pollMs?: number;
  expireMs?: number;
};

const bytesPerAnswer = 512 * 1024;
const mostFollows = 50;

/** Answers everything about logs, for any engine that says where its files are and how to read a line. */
export function createLogs({ sources, report, isConnected, log, pollMs = 200, expireMs = 60_000 }: LogsOptions): Logs {
  const follows = new Map<string, { follow: Follow; name: string; renewedAtMs: number }>();
  let timer: NodeJS.Timeout | undefined;
  const pass = createStreamMeter();

  function getSource(name: string): LogSource {
    const source = sources().find((candidate) => candidate.name === name);
    if (source === undefined) throw new GuestboardError('not-found', `There is no log named ${name}.`);
    return source;
  }

  function end(followId: string) {
    follows.get(followId)?.follow.close();
    follows.delete(followId);
  }

  async function pollAll() {
    for (const [followId, { follow, name, renewedAtMs }] of follows) {
      if (performance.now() - renewedAtMs > expireMs) end(followId);
      else if (isConnected()) {
        await follow
          .poll((lines, droppedLines) => report({ type: 'log-lines', followId, name, lines, droppedLines }))
          .catch((error: unknown) => {
            log(`Following ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
            end(followId);
          });
      }
    }
    timer = follows.size === 0 ? undefined : setTimeout(pollAll, pollMs);
  }

  return {
    answers: {
      list: async () => ({ logs: await Promise.all(sources().map(toLogFile)) }),
      read: async (query) => {
        const source = getSource(query.name);
        return withLogFiles(source, (files) => readPage(source, files, query));
      },
      readBytes: async ({ name, ...from }) => {
        const page = await readBytes(getSource(name), from);
        // As read, as text, as lines, as bytes again, and as what is sent.
        pass(4 * page.base64.length);
        return page;
      },
      async follow({ followId, name, after }) {
        const known = follows.get(followId);
        if (known !== undefined) {
          known.renewedAtMs = performance.now();
          return {};
        }
        if (follows.size >= mostFollows)
          throw new GuestboardError('refused', `More than ${mostFollows} logs are being followed here. Close some.`);
        const follow = await openFollow(getSource(name), after);
        end(followId);
        follows.set(followId, { follow, name, renewedAtMs: performance.now() });
        timer ??= setTimeout(pollAll, pollMs);
        return {};
      },
      async unfollow({ followId }) {
        end(followId);
        return {};
      },
    },
    async lastLines(count) {
      const described = await Promise.all(sources().map(async (source) => ({ source, at: (await toLogFile(source)).modifiedAt })));
      const newest = described.sort((a, b) => b.at.localeCompare(a.at))[0]?.source;
      if (newest === undefined) return '';
      const page = await withLogFiles(newest, (files) => readPage(newest, files, { name: newest.name, limit: count }));
      return page.lines.map(({ at, text }) => (at === null ? text : `${at} ${text}`)).join('\n');
    },
    close() {
      clearTimeout(timer);
      for (const followId of [...follows.keys()]) end(followId);
    },
  };
}

function toLogFile(source: LogSource) {
  return withLogFiles(source, async (files) => ({
    name: source.name,
    title: source.title,
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    modifiedAt: new Date(Math.max(0, ...files.map((file) => file.modifiedAtMs))).toISOString(),
    offBy: (await source.offBy?.().catch(() => null)) ?? null,
  }));
}

/**
 * The log's files one after another, oldest first, as one stream of bytes: by whole lines, so that none is hidden by half. Of one that is
 * longer than an answer the rest is left out: nobody can tell what a secret's other half is.
 */
function readBytes(source: LogSource, from: { offset: number; position?: string | undefined }) {
  return withLogFiles(source, async (files) => {
    const offset = toOffset(files, from);
    let start = 0;
    for (const file of files) {
      const end = start + file.sizeBytes;
      if (offset < end) {
        const read = Buffer.allocUnsafe(Math.min(bytesPerAnswer, end - offset));
        const count = await readAt(file, read, offset - start, read.length);
        const lines = offset + count < end ? read.lastIndexOf(newline, count - 1) + 1 : 0;
        const bytes = read.subarray(0, lines === 0 ? count : lines);
        const next = offset + bytes.length;
        const isLast = bytes.length === 0 || (file === files.at(-1) && next >= end);
        const whole = await leaveOutRest(source, file, offset - start, bytes);
        const goesOn = offset + count < end && lines === 0 && whole.length > 0 && source.hide !== undefined;
        const given = Buffer.concat([hideIn(whole, source), goesOn ? leftOut : Buffer.alloc(0)]);
        return { base64: given.toString('base64'), next: isLast ? null : next, position: toPosition(file.id, next - start) };
      }
      start = end;
    }
    return { base64: '', next: null };
  });
}

/** Where that is now, counted from the oldest file: it may be another than a moment ago. Of a file that is gone, where the one after it begins. */
function toOffset(files: readonly OpenLogFile[], { offset, position = '' }: { offset: number; position?: string | undefined }): number {
  const place = parsePosition(position);
  if (place === null) return offset;
  const at = files.findIndex(({ id }) => id === place.fileId);
  const before = at < 0 ? files.filter(({ id }) => id < place.fileId) : files.slice(0, at);
  return before.reduce((sum, { sizeBytes }) => sum + sizeBytes, at < 0 ? 0 : place.offset);
}

/** Without what belongs to a line that began before. */
async function leaveOutRest({ hide }: LogSource, file: OpenLogFile, at: number, bytes: Buffer): Promise<Buffer> {
  if (hide === undefined || at === 0) return bytes;
  const before = Buffer.alloc(1);
  await readAt(file, before, at - 1, 1);
  if (before[0] === newline) return bytes;
  const found = bytes.indexOf(newline);
  return bytes.subarray(found < 0 ? bytes.length : found + 1);
}

const leftOut = Buffer.from(' … the rest of this line is left out: it is too long.\n');

const newline = 0x0a;

/** A byte is a character meanwhile, whatever it means: what is no text stays as it is. The only other character is the one that hides. */
function hideIn(bytes: Buffer, { hide }: LogSource): Buffer {
  if (hide === undefined) return bytes;
  const lines = bytes.toString('latin1').split('\n').map(hide).join('\n');
  return Buffer.from(lines.replaceAll('…', Buffer.from('…').toString('latin1')), 'latin1');
}
