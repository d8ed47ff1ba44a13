import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { listSourceFiles } from './source-files.mjs';

const root = path.join(import.meta.dirname, '..');
const page = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');
const section = /## A fourth datastore\n(.*?)\n## /s.exec(page)?.[1] ?? '';
const files: string[] = listSourceFiles(root);
const isTest = (file: string) => /\.(test|testsuite|spec)\.\w+$/.test(file);
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

// MySQL is a dialect of MariaDB's engine, whose folder is its own, too; tests do not install it, which no Debian 12 has.
test.each([
  ['redis', 'redis', []],
  ['mariadb', 'mariadb', []],
  ['mysql', 'mariadb', ['launcher/test-packages.mjs']],
])('outside its definition and its folder %s is named in the lists of CONTRIBUTING.md and nowhere else', (name, folder, without) => {
  // Not whichever way it is written: `measureDisk` names nobody.
  const namesIt = new RegExp(`${name}|${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  const own = new RegExp(`^(e2e/|bench/|agent/engines/${folder}/|contract/datastores/(${name}|${folder}))`);
  const named = files.filter((file) => !isTest(file) && !own.test(file) && namesIt.test(withoutComments(read(file))));
  const listed = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]);
  expect(named.sort()).toEqual(listed.filter((file) => !without.some((absent) => absent === file)).sort());
});

// Within a fifth, so that not every change of an engine is a change of the page.
test.each(['redis', 'notebook'])('what %s takes is what CONTRIBUTING.md says', (name) => {
  const said = new RegExp(`^\\| ${name} \\|(.*)\\|$`, 'im').exec(section)?.[1]?.match(/\d+/g)?.map(Number) ?? [];
  const count = (pleases: (file: string) => boolean) => {
    const found = files.filter(pleases);
    return [found.length, found.reduce((lines, file) => lines + read(file).split('\n').length - 1, 0)];
  };
  const definition = count((file) => new RegExp(`^contract/datastores/${name}(-details|\\.testsuite)?\\.ts$`).test(file));
  const inFolder = (file: string) => file.startsWith(`agent/engines/${name}/`);
  // All of the notebook is test code; what drives the suites is told apart by its name.
  const isDriven = (file: string) => (name === 'notebook' ? /under-test|\.test\.ts$/.test(file) : isTest(file));
  const engine = count((file) => inFolder(file) && !isDriven(file));
  const tests = count((file) => inFolder(file) && isDriven(file));
  for (const [index, found] of [...definition, ...engine, ...tests].entries())
    expect(Math.abs((said[index] ?? 0) - found), `${name}: ${found} where the page says ${said[index]}`).toBeLessThanOrEqual(found / 5);
});

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '');
}
