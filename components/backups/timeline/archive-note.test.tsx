import { QueryClientProvider } from '@tanstack/react-query';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { BrowserContext, createBrowser } from '#client/browser.ts';
import { keys } from '#client/keys.ts';
import { DeskContext } from '#components/operations/desk.tsx';
import { healthyFacts } from '#contract/guest/healthy-facts.testsuite.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';
import { ArchiveNote } from './archive-note.tsx';

const error = { sentence: 'The storage is away.', next: 'See that the folder is there.' };
const broken = {
  ...{ id: 'i', projectId: 'p', name: 'orders', datastore: 'postgresql', version: '15', role: 'standalone', sourceId: null },
  ...{ operationId: null, runningStatus: null, errored: false, desiredState: 'running', heartbeatIntervalMs: 1000 },
  ...{ lastProof: null, unsettledRestoreId: null, agentSeenAt: new Date(8.64e12).toISOString() },
  guest: { ...healthyFacts, archive: { state: 'broken', error } },
} as unknown as Instance;
const window = {
  ...{ archiving: 'broken', error, windows: [], gaps: [], backups: [], wanted: 'on' },
  ...{ keptBytes: 3_000_000, keptLimitBytes: 2_000_000_000 },
} as unknown as RestoreWindow;

function say(instance: Instance, shown: RestoreWindow = window): string {
  const browser = createBrowser();
  browser.queries.setQueryData(keys.me, { accountId: 'a', name: 'A', operator: true, memberships: [] });
  const desk = { ask: () => {}, show: () => {}, shown: [], open: false, setOpen: () => {} };
  return renderToStaticMarkup(
    <BrowserContext value={browser}>
      <QueryClientProvider client={browser.queries}>
        <DeskContext value={desk}>
          <ArchiveNote instance={instance} window={shown} backups={[]} />
        </DeskContext>
      </QueryClientProvider>
    </BrowserContext>,
  ).replaceAll(/<[^>]+>/g, '');
}

test('a broken archive is said once: what the notice above the tab says, the note leaves out', () => {
  expect(say(broken)).toMatch(/^The database keeps 2\.9 MB on its volume until it is stored, at most 1\.9 GB/);
  expect(say(broken, { ...window, keptBytes: null })).toBe('');
  // The button that helps stays where it is.
  const baseless = { ...window, archiving: 'on' } as RestoreWindow;
  expect(say(broken, baseless)).toBe('Create full backup');
});

test('while the notice says something else, the note says all of it', () => {
  const words = /^The storage is away\. See that the folder is there\.The database keeps/;
  expect(say({ ...broken, operationId: 'o' } as Instance)).toMatch(words);
  expect(say({ ...broken, unsettledRestoreId: 'r' } as Instance)).toMatch(words);
  expect(say({ ...broken, guest: { ...healthyFacts, volumeState: 'read-only' } } as Instance)).toMatch(words);
});

test('until the archive reaches the end of the first backup, the panel is not empty', () => {
  const well = { ...broken, guest: { ...healthyFacts, archive: { state: 'on', error: null } } } as Instance;
  expect(say(well, { ...window, archiving: 'on', error: null, keptBytes: null } as RestoreWindow)).toMatch(/^The archive has just begun/);
});
