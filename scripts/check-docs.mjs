import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rooms } from './source-files.mjs';

const made = /^(node_modules|var|dist|\.next|test-results|server\/store\/generated)(\/|$)/;

/** Paths that README, CONTRIBUTING and docs/ name in `code` or in links, and that are not there. Returns sentences. */
export function findDeadPaths(root) {
  const violations = [];
  for (const page of listPages(root)) {
    const text = readFileSync(path.join(root, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    const inCode = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1]).filter((name) => isOurPath(name));
    const linked = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1]).filter((name) => !/^[a-z]+:/.test(name));
    for (const name of inCode) if (!exists(root, '.', name)) violations.push(`${page} names ${name}, which does not exist`);
    for (const name of linked)
      if (!exists(root, path.dirname(page), name)) violations.push(`${page} links to ${name}, which does not exist`);
  }
  return violations;
}

function listPages(root) {
  const top = readdirSync(root).filter((name) => name.endsWith('.md'));
  const docs = existsSync(path.join(root, 'docs')) ? readdirSync(path.join(root, 'docs'), { recursive: true }) : [];
  return [...top, ...docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
}

function isOurPath(name) {
  const head = name.split('/')[0];
  return name.includes('/') && [...rooms, 'docs', '.ci', 'public'].includes(head) && /^[\w@./-]+$/.test(name) && !made.test(name);
}

function exists(root, from, name) {
  return existsSync(path.join(root, from, name));
}
