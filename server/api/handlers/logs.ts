import { GuestboardError } from '#contract/errors.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';

type Names = 'listLogs' | 'readLog' | 'downloadLog';

export function logHandlers({ guests }: ApiParts): SomeHandlers<Names> {
  return {
    listLogs: async ({ addressed }) => {
      const { logs } = await guests.query(addressed.id, 'logs.list', {});
      return { items: logs };
    },
    readLog: ({ addressed, path, query }) => {
      const { from, to, ...page } = query;
      return guests.query(addressed.id, 'logs.read', {
        name: path.name,
        ...page,
        ...(from === undefined ? {} : { fromMs: Date.parse(from) }),
        ...(to === undefined ? {} : { toMs: Date.parse(to) }),
      });
    },
    downloadLog: async ({ addressed, path, request }) => {
      const { logs } = await guests.query(addressed.id, 'logs.list', {});
      const log = logs.find((candidate) => candidate.name === path.name);
      if (!log) throw new GuestboardError('not-found', 'The log does not exist.');
      const fileName = `${addressed.name}-${log.name}`.replace(/[^\w.-]/g, '_');
      return new Response(streamLog(guests, addressed.id, log.name, request.signal), {
        headers: { 'content-type': 'text/plain; charset=utf-8', 'content-disposition': `attachment; filename="${fileName}.log"` },
      });
    },
  };
}

/** Page by page as the reader takes them: a log of gigabytes costs no memory here. */
function streamLog(guests: ApiParts['guests'], instanceId: string, name: string, signal: AbortSignal): ReadableStream<Uint8Array> {
  let offset: number | null = 0;
  let position: string | undefined;
  const readBytes = (from: number) =>
    guests.query(instanceId, 'logs.readBytes', { name, offset: from, ...(position === undefined ? {} : { position }) });
  return new ReadableStream(
    {
      async pull(controller) {
        // A stream that was given nothing asks no more: pages of a long line's rest are empty, and are read over.
        for (let base64 = ''; base64 === ''; ) {
          if (offset === null || signal.aborted) return controller.close();
          const page = await readBytes(offset);
          offset = page.next;
          position = page.position;
          base64 = page.base64;
          if (base64 !== '') controller.enqueue(Buffer.from(base64, 'base64'));
        }
        if (offset === null) controller.close();
      },
    },
    { highWaterMark: 1 },
  );
}
