import { expect, test } from 'vitest';
import type { ApiParts, Call } from '../call.ts';
import { logHandlers } from './logs.ts';

test('a download reads over what a long line leaves empty, to the end of the log', async () => {
  const pages = ['begin ', '', '', '', 'end'];
  const query = async (_instanceId: string, command: string, { offset }: { offset: number }) =>
    command === 'logs.list'
      ? { logs: [{ name: 'postgresql' }] }
      : { base64: btoa(pages[offset] ?? ''), next: offset + 1 < pages.length ? offset + 1 : null };
  const { downloadLog } = logHandlers({ guests: { query } } as unknown as ApiParts);
  const request = new Request('http://localhost/');
  const call = { addressed: { id: 'an instance', name: 'shop' }, path: { name: 'postgresql' }, request } as unknown as Call<'downloadLog'>;
  const answer = await downloadLog(call);
  expect(answer instanceof Response ? await answer.text() : answer).toBe('begin end');
}, 5000);
