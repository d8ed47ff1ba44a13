import { vi } from 'vitest';
import { testEngine } from '../../engine.testsuite.ts';
import { notebook10 } from './under-test.testsuite.ts';

// What a fourth datastore writes into three lists, here written over them.
vi.mock('#contract/datastores/registry.ts', async (original) => {
  const { notebook } = await import('#contract/datastores/notebook.testsuite.ts');
  return { datastores: { ...(await original<{ datastores: object }>()).datastores, notebook } };
});
vi.mock('#contract/datastores/registry-details.ts', async (original) => {
  const { notebookDetails } = await import('#contract/datastores/notebook.testsuite.ts');
  return { details: { ...(await original<{ details: object }>()).details, notebook: notebookDetails } };
});
vi.mock('../index.ts', () => ({ engines: { notebook: () => import('./index.testsuite.ts') } }));

await testEngine(notebook10);
