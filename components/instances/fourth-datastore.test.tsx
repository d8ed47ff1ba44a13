import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { GrantsField } from '#components/accounts/grants-field.tsx';
import { AddParameter } from '#components/configuration-groups/add-parameter.tsx';
import { listInstanceTabs } from '#components/instance/instance-tabs.ts';
import { isOffered } from '#components/operations/actions-menu.tsx';
import { getDetailedDatastore } from '#contract/datastores/details.ts';
import { DatastoreName } from '#contract/datastores/index.ts';
import { fillSnippet } from '#contract/datastores/snippet.ts';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { getOperation, OperationName } from '#contract/operations/index.ts';
import { blankDraft, toInput, toVersion } from './draft.ts';
import { DraftForm } from './draft-form.tsx';
import type { DraftDesk } from './use-draft.ts';

vi.mock('#contract/datastores/registry.ts', async (original) => {
  const { notebook } = await import('#contract/datastores/notebook.testsuite.ts');
  return { datastores: { ...(await original<{ datastores: object }>()).datastores, notebook } };
});
vi.mock('#contract/datastores/registry-details.ts', async (original) => {
  const { notebookDetails } = await import('#contract/datastores/notebook.testsuite.ts');
  return { details: { ...(await original<{ details: object }>()).details, notebook: notebookDetails } };
});

const datastore = DatastoreName.parse('notebook');
const draft = { ...toVersion(blankDraft('p1'), { datastore, version: '1.0' }), name: 'diary' };

test('the wizard offers it, asks for what it has and closes what it has not', () => {
  const desk = {
    draft,
    change: () => {},
    projects: [],
    offered: [{ datastore, version: '1.0', full: '1.0.3', origin: 'a test', capabilities: [] }],
    sources: [],
    pasts: [],
    backups: [],
  };
  const html = renderToStaticMarkup(
    <QueryClientProvider client={new QueryClient()}>
      <DraftForm desk={desk as unknown as DraftDesk} faults={{}} />
    </QueryClientProvider>,
  );
  expect(html).toContain('Notebook 1.0');
  expect(html).toContain('1.0.3, from a test');
  expect(html).toContain('Create a first user');
  expect(html).not.toContain('>Database<');
  expect(html.match(/Not for Notebook yet/g)).toHaveLength(3);
  expect(html).toContain('Notebook is not backed up here yet.');
  expect(html).not.toContain('Back it up by schedule');
});

test('the contract takes what the wizard sends, and refuses what it cannot do with a sentence', () => {
  const input = CreateInstanceInput.parse(toInput(draft));
  expect(input).toMatchObject({ datastore: 'notebook', databases: [], users: [{ name: 'app', databases: ['author'] }] });
  const facts = { configurationGroups: [], backups: [], set: [] };
  const refuse = (change: Partial<CreateInstanceInput>, asker: object = {}) =>
    getOperation('create-instance').refuse({ ...facts, ...asker } as never, { ...input, ...change } as never, 0)?.reason ?? null;
  const id = crypto.randomUUID();
  expect(refuse({})).toBeNull();
  expect(refuse({ from: { kind: 'backup', backupId: id } })).toBe('Notebook cannot be restored from a backup here yet.');
  expect(refuse({ from: { kind: 'replica', sourceId: id } })).toBe('Notebook has no replicas here yet.');
  const night = { cron: '0 3 * * *', timeZone: 'UTC', jitterSeconds: 0, fullEvery: 1, keepCount: 7, keepDays: null, proveEvery: null };
  const protection = { ...night, storage: 'default' as const };
  const actor = { accountId: 'a', name: 'Ada', operator: true, memberships: [], tokenId: null };
  expect(refuse({ protection }, { actor })).toBe('Notebook has no backups here yet.');
  expect(refuse({ databases: [{ name: 'x' }] })).toBe('A notebook has one database, which is always there.');
  expect(refuse({ users: [{ name: 'app', databases: ['editor'] }] })).toBe('editor is neither author nor reader.');
});

test('its page has the tabs and the menu that its capabilities give', () => {
  const instance = { id: 'i1', datastore, role: 'standalone' } as const;
  expect(listInstanceTabs(instance).map(({ title }) => title)).toEqual([
    ...['Overview', 'Databases', 'Users', 'Logs'],
    ...['Configuration', 'Operations', 'Events'],
  ]);
  const offered = OperationName.options.filter((name) => isOffered(name, instance as never, false));
  expect(offered).toContain('restart-instance');
  expect(offered).not.toContain('create-backup');
  expect(offered).not.toContain('clone-instance');
});

test('a user is asked which presets, and for no rules, which it does not know', () => {
  const html = renderToStaticMarkup(
    <GrantsField datastore={datastore} databases={[]} chosen={['author']} fault={undefined} onChange={() => {}} />,
  );
  expect(html).toContain('makes pages, adds to them and reads them');
  expect(html).not.toContain('Rules');
});

test('its parameters and connection examples come from the definition', () => {
  const definition = getDetailedDatastore(datastore);
  expect(renderToStaticMarkup(<AddParameter definition={definition} taken={['max_clients']} onAdd={() => {}} />)).toContain(
    'longest_row – Longest row',
  );
  const values = { host: 'db.example', port: '7171', database: '0', user: 'app', password: 'x', caFile: 'ca.pem' };
  expect(definition.snippets.map(({ template }) => fillSnippet(template, values))).toEqual([
    'openssl s_client -connect db.example:7171 -CAfile ca.pem # as app',
  ]);
});
