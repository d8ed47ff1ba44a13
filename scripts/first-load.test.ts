import path from 'node:path';
import { expect, test } from 'vitest';
import { entries, findWayTo, listPackages, nameGrowth, readFirstLoad, toKb, weighFiles } from './first-load.mjs';

const root = path.join(import.meta.dirname, '..');
/** Two below the bar of `bench/first-load.ts`, which is not measured with every change. */
const limitKb = 198;
/** What our folders weighed, minified, when the whole was 195 kB: says what grew since. */
const recorded = {
  client: 15.5,
  'client/queries': 2.5,
  'components/backups': 0.2,
  'components/instances': 15.2,
  'components/layout': 14.7,
  'components/operations': 1.4,
  'components/ui': 16.1,
  contract: 13.5,
  'contract/datastores': 4,
};

const packages = ['@tanstack/react-query', 'clsx', 'lucide-react', 'next', 'react', 'react-dom'];

test('the list of instances is small when it is first loaded', async () => {
  const chunks = readFirstLoad(root);
  const kB = toKb(chunks.reduce((sum, { gzippedBytes }) => sum + gzippedBytes, 0));
  const grown = nameGrowth(await weighFiles(entries, root), recorded);
  const said = `${limitKb} kB may be loaded, gzipped. What grew, minified:\n${grown.join('\n') || 'nothing of ours'}\n`;
  expect(kB, said).toBeLessThanOrEqual(limitKb);
});

test('it loads these packages and no others', async () => {
  expect(await listPackages(entries, root)).toEqual(packages);
});

test('it loads no schemas', async () => {
  const way = await findWayTo('zod', entries, root);
  expect(way, `Schemas are reached by ${way?.join(' → ')}`).toBeNull();
  const holding = readFirstLoad(root).flatMap(({ file, code }) => (code.includes('_zod') ? [file] : []));
  expect(holding, 'These chunks hold zod').toEqual([]);
});

test('schemas are found where they are reached, and the way to them is named', async () => {
  expect(await findWayTo('zod', ['components/projects/invite-dialog.tsx'], root)).toEqual([
    'components/projects/invite-dialog.tsx',
    'contract/may.ts',
    'contract/actor.ts',
    'zod',
  ]);
});

test('what is put off does not weigh', async () => {
  const files = (await weighFiles(entries, root)).map(({ file }) => file);
  expect(files).toContain('components/layout/person-menu.tsx');
  expect(files).not.toContain('components/layout/person-menu-items.tsx');
});

test('of what grew the folder is named, and its largest files', () => {
  const files = [
    { file: 'components/ui/new.tsx', bytes: 9000 },
    { file: 'components/ui/button.tsx', bytes: 1400 },
    { file: 'client/api.ts', bytes: 1600 },
  ];
  expect(nameGrowth(files, { client: 1.6, 'components/ui': 1.4 })).toEqual([
    'components/ui: 1.4 kB became 10.4 kB: new.tsx 9, button.tsx 1.4',
  ]);
});
