import { QueryClientProvider } from '@tanstack/react-query';
import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { BrowserContext, createBrowser } from '#client/browser.ts';
import { keys } from '#client/keys.ts';
import { AgentSilence } from '#components/operations/agent-silence.tsx';
import { DeskContext } from '#components/operations/desk.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import { Heard } from './heard.tsx';
import { InstanceNotice } from './instance-notice.tsx';
import { RestartedNote } from './restarted-note.tsx';

const guest = {
  processState: 'running',
  acceptsLogins: true,
  acceptsWrites: true,
  role: 'standalone',
  version: '15.17',
  volumeState: 'ok',
};
const instance = {
  ...{ id: 'i', projectId: 'p', name: 'orders', datastore: 'postgresql', version: '15', role: 'standalone', sourceId: null },
  ...{
    operationId: null,
    runningStatus: null,
    errored: false,
    desiredState: 'running',
    heartbeatIntervalMs: 1000,
    lastProof: null,
    unsettledRestoreId: null,
  },
  agentSeenAt: new Date(8.64e12).toISOString(),
  guest,
} as Partial<Instance> as Instance;

function draw(full: string, shown = instance): string {
  const browser = createBrowser();
  const versions = [{ datastore: 'postgresql', version: '15', full, origin: 'Debian', capabilities: [] }];
  browser.queries.setQueryData(keys.datastoreVersions, { items: versions });
  browser.queries.setQueryData(keys.me, { accountId: 'a', name: 'A', operator: true, memberships: [] });
  const desk = { ask: () => {}, show: () => {}, shown: [], open: false, setOpen: () => {} };
  const stay = () => {};
  const router = { back: stay, forward: stay, refresh: stay, push: stay, replace: stay, prefetch: stay, bfcacheId: '' };
  return renderToStaticMarkup(
    <BrowserContext value={browser}>
      <QueryClientProvider client={browser.queries}>
        <AppRouterContext value={router}>
          <DeskContext value={desk}>
            <InstanceNotice instance={shown} />
          </DeskContext>
        </AppRouterContext>
      </QueryClientProvider>
    </BrowserContext>,
  );
}

test('newer programs than those that run are said, with the button that takes them up', () => {
  const html = draw('15.18');
  expect(html.replaceAll(/<[^>]+>/g, '')).toContain('PostgreSQL 15.17 runs; 15.18 is installed. A restart takes it up.Upgrade');
  expect(html).toContain('<button');
});

test('the same programs, and older ones, are not worth a word', () => {
  expect(draw('15.17')).toBe('');
  expect(draw('15.9')).toBe('');
});

test('a running operation whose agent says nothing says so, and one whose agent speaks does not', () => {
  const say = (seenAtMs: number) => {
    const browser = createBrowser();
    browser.connection.to('live');
    browser.queries.setQueryData(keys.instance('i'), { ...instance, agentSeenAt: new Date(seenAtMs).toISOString() });
    return renderToStaticMarkup(
      <BrowserContext value={browser}>
        <QueryClientProvider client={browser.queries}>
          <AgentSilence instanceId="i" />
        </QueryClientProvider>
      </BrowserContext>,
    ).replaceAll(/<[^>]+>/g, '');
  };
  // What is drawn before the first tick is drawn at the epoch.
  expect(say(-60_000)).toMatch(/^The agent of orders has been silent since \d\d:\d\d:\d\d\. .*replaced after a minute/);
  expect(say(0)).toBe('');
});

test('a page that hears nothing any more says no age of the last beat', () => {
  const browser = createBrowser();
  const say = () =>
    renderToStaticMarkup(
      <BrowserContext value={browser}>
        <Heard instance={instance} />
      </BrowserContext>,
    ).replaceAll(/<[^>]+>/g, '');
  browser.connection.to('live');
  expect(say()).toMatch(/^heard /);
  browser.connection.to('reconnecting');
  expect(say()).toMatch(/^last heard at \d\d:\d\d:\d\d$/);
});

test('a crash and the restart after it are said in their order, and nothing of a restart once it crashed again', () => {
  const [firstMs, backMs, secondMs] = [Date.UTC(2026, 10, 28, 9, 0, 0), Date.UTC(2026, 10, 28, 9, 0, 2), Date.UTC(2026, 10, 28, 9, 0, 4)];
  const say = (crashedAtMs: number, restartedAtMs: number) => {
    const crashed = { ...instance, guest: { ...guest, crashedAtMs, restartedAtMs } } as Partial<Instance> as Instance;
    const note = renderToStaticMarkup(
      <BrowserContext value={createBrowser()}>
        <RestartedNote instance={crashed} />
      </BrowserContext>,
    );
    return note.replaceAll(/<[^>]+>/g, '');
  };
  expect(say(firstMs, backMs)).toMatch(/Crashed at \d\d:\d\d:00, back at \d\d:\d\d:02\.$/);
  expect(say(secondMs, backMs)).toBe('');
});

test('while the agent waits before it starts a crashed database again, the moment of the next try is said', () => {
  const say = (more: object) => {
    const down = { ...instance, guest: { ...guest, processState: 'crashed', ...more } } as Partial<Instance> as Instance;
    return draw('15.17', down).replaceAll(/<[^>]+>/g, '');
  };
  expect(say({ nextTryAtMs: Date.UTC(2026, 10, 28, 9, 1, 4) })).toMatch(/restarting it\. The next try is at \d\d:01:04\./);
  expect(say({})).not.toContain('next try');
});
