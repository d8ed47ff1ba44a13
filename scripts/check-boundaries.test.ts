import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findBoundaryViolations } from './check-boundaries.mjs';
import { findEngineNames } from './check-engine-names.mjs';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

const clean = {
  'package.json': '{"type":"module","imports":{"#contract/*":"./contract/*","#server/*":"./server/*","#drivers/*":"./drivers/*"}}',
  'tsconfig.json': '{"compilerOptions":{"module":"esnext","moduleResolution":"bundler","allowImportingTsExtensions":true,"noEmit":true}}',
  'contract/status.ts': "import { z } from 'zod';\nexport const status = z;\n",
  'drivers/bus/socket.ts': "import { io } from 'socket.io-client';\nexport const bus = io;\n",
  'drivers/process/run.ts': "import { spawn } from 'node:child_process';\nexport const run = spawn;\n",
  'server/index.ts': "import { status } from '#contract/status.ts';\nexport const server = status;\n",
  'server/api/instances.ts': 'export const instances = 1;\n',
  'agent/engines/redis/index.ts': 'export const redis = 1;\n',
  'node_modules/zod/index.js': 'export const z = 1;\n',
  'node_modules/zod/package.json': '{"name":"zod","type":"module","main":"index.js"}',
  'node_modules/socket.io-client/index.js': 'export const io = 1;\n',
  'node_modules/socket.io-client/package.json': '{"name":"socket.io-client","type":"module","main":"index.js"}',
  'node_modules/better-auth/index.js': 'export const betterAuth = 1;\n',
  'node_modules/better-auth/package.json': '{"name":"better-auth","type":"module","main":"index.js"}',
};

/** Each planted file breaks the rule named, by one spelling of an import. */
const planted: [rule: string, file: string, source: string][] = [
  ['contract-imports-only-itself', 'contract/imports-server.ts', "import '#server/index.ts';"],
  ['contract-knows-only-zod', 'contract/imports-package.ts', "import 'better-auth';"],
  ['contract-and-browser-know-no-node', 'contract/imports-node.ts', "import 'node:fs';"],
  ['launcher-runs-before-npm', 'launcher/broken.mjs', "import 'zod';"],
  ['drivers-imports-only-contract', 'drivers/broken.ts', "export type Broken = import('../server/index.ts').Broken;"],
  ['agent-imports-only-contract-drivers', 'agent/types.ts', "import type { Broken } from '#server/index.ts';\nexport type { Broken };"],
  ['app-imports-only-contract-client-components', 'app/page.tsx', "export const load = () => import('../server/index.ts');"],
  ['server-corners-meet-in-store', 'server/live/broken.ts', "export * from '../api/instances.ts';"],
  ['engines-stand-alone', 'agent/engines/mariadb/index.ts', "import '../redis/index.ts';"],
  ['one-owner-of-processes', 'agent/processes.ts', "import 'child_process';"],
  ['one-owner-of-client-sockets', 'agent/sockets.ts', "import 'socket.io-client';"],
  ['one-owner-of-sign-in', 'server/api/sign-in.ts', "import 'better-auth';"],
  ['no-cycle', 'server/store/circular.ts', "import './returning.ts';"],
  ['unresolvable', 'server/store/lost.ts', "import './nowhere.ts';"],
];

describe('planted violations', () => {
  // In one tree, since each run of the check takes seconds: every sentence names its rule and its file.
  let found: string[];
  beforeAll(() => {
    const sources = Object.fromEntries(planted.map(([, file, source]) => [file, source]));
    found = findBoundaryViolations(plant({ ...clean, ...sources, 'server/store/returning.ts': "import './circular.ts';" }));
  });

  test.each(planted)('a violation of %s fails the check', (rule, file) => {
    expect(found.filter((sentence) => sentence.startsWith(`${rule}: ${file} → `))).toHaveLength(1);
  });

  test('nothing else is said', () => {
    const wanted = planted.map(([rule]) => rule);
    expect([...new Set(found.map((sentence) => sentence.split(': ')[0]))].sort()).toEqual([...wanted].sort());
  });
});

test('a component that names an engine fails the check, unless it stands in a folder of that engine', () => {
  const file = 'export const title = (name: string) => (name === "redis" ? "Redis" : name);\n';
  const tree = { 'contract/datastores/redis-details.ts': '', 'components/redis/view.tsx': file, 'server/name.ts': file };
  expect(findEngineNames(plant(tree))).toEqual([]);
  expect(findEngineNames(plant({ ...tree, 'components/instances/title.ts': file })).join()).toContain('components/instances/title.ts:1 ');
});

test('a clean tree passes', () => {
  expect(findBoundaryViolations(plant(clean))).toEqual([]);
});

test('a run that cruised nothing fails', () => {
  expect(findBoundaryViolations(plant({ 'package.json': '{}', 'tsconfig.json': '{}' })).join()).toContain('nothing was cruised');
});

test('a run in which no import was seen fails', () => {
  const blind = { 'package.json': '{}', 'tsconfig.json': '{}', 'server/a.ts': 'export {};', 'server/b.ts': 'export {};' };
  expect(findBoundaryViolations(plant(blind)).join()).toContain('no import was seen');
});

function plant(files: Record<string, string>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'boundaries-'));
  roots.push(root);
  for (const [name, source] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), source);
  }
  return root;
}
