import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Where the browser's part of the list of instances begins. */
export const entries = [
  'app/error.tsx',
  'app/global-error.tsx',
  'app/(frame)/error.tsx',
  'components/layout/providers.tsx',
  'components/layout/frame.tsx',
  'components/instances/instances-page.tsx',
];

/** The scripts that the browser fetches of the built list of instances until it rests: as `bench/first-load.ts` counts them, without a browser. */
export function readFirstLoad(root) {
  const next = path.join(root, '.next');
  const page = path.join(next, 'server/app/instances.html');
  if (!existsSync(page)) throw new Error('The pages are not built: `npm test` builds them.');
  const { polyfillFiles } = JSON.parse(readFileSync(path.join(next, 'build-manifest.json'), 'utf8'));
  const named = readFileSync(page, 'utf8').matchAll(/\/_next\/(static\/chunks\/[^"\\]+?\.js)/g);
  const own = [...new Set([...named].map(([, file]) => file))].filter((file) => !polyfillFiles.includes(file));
  return [...own, findSocketChunk(next)].map((file) => {
    const code = readFileSync(path.join(next, file), 'utf8');
    return { file, code, gzippedBytes: gzipSync(code).length };
  });
}

/** Nobody clicks for the socket's code: it comes right after the page. */
function findSocketChunk(next) {
  const folder = path.join(next, 'static/chunks');
  const found = readdirSync(folder).find(
    (name) => name.endsWith('.js') && readFileSync(path.join(folder, name), 'utf8').includes('reconnect_attempt'),
  );
  if (found === undefined) throw new Error('No chunk holds the code of socket.io-client.');
  return `static/chunks/${found}`;
}

/** The way from one of the files to a package by imports that are not put off, each file after the one that imports it; null when there is none. */
export async function findWayTo(name, from, root) {
  const ways = await walk(from, root);
  return ways.find((way) => nameOf(way) === name) ?? null;
}

/** The packages that are fetched at once with these files. */
export async function listPackages(from, root) {
  const ways = await walk(from, root);
  return [...new Set(ways.flatMap((way) => nameOf(way) ?? []))].sort();
}

/** Of each file and each package that is reached the shortest way there; a package ends with its name. */
async function walk(from, root) {
  const { inputs } = (await analyse(from, root)).metafile;
  const ways = from.map((file) => [file]);
  const seen = new Set(from);
  for (const way of ways) {
    for (const { path: file, kind } of inputs[way.at(-1)]?.imports ?? []) {
      if (kind !== 'import-statement' || seen.has(file)) continue;
      seen.add(file);
      ways.push([...way, file]);
    }
  }
  return ways;
}

/** "@tanstack/react-query", "next" of "next/navigation"; undefined of a file of ours. */
const nameOf = (way) => (/\.\w+$/.test(way.at(-1)) ? undefined : /^(@[^/]+\/)?[^/]+/.exec(way.at(-1))?.[0]);

/** Our own files that are fetched at once with these, with their minified sizes, the largest first. */
export async function weighFiles(from, root) {
  const { outputs } = (await analyse(from, root)).metafile;
  const names = Object.keys(outputs).filter((name) => from.includes(outputs[name].entryPoint ?? ''));
  const bytes = new Map();
  for (const name of names) {
    const { inputs, imports } = outputs[name];
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) bytes.set(file, (bytes.get(file) ?? 0) + bytesInOutput);
    for (const { path: other, kind } of imports)
      if (kind === 'import-statement' && other in outputs && !names.includes(other)) names.push(other);
  }
  return [...bytes].map(([file, size]) => ({ file, bytes: size })).sort((one, other) => other.bytes - one.bytes);
}

/** What weighs more than it did, by folder, each with its largest files; `recorded` is what folders weighed, in kB. */
export function nameGrowth(files, recorded) {
  const folders = [...new Set(files.map(({ file }) => path.dirname(file)))];
  return folders.flatMap((folder) => {
    const within = files.filter(({ file }) => path.dirname(file) === folder);
    const kB = toKb(within.reduce((sum, { bytes }) => sum + bytes, 0));
    const before = recorded[folder] ?? 0;
    const largest = within.slice(0, 8).map(({ file, bytes }) => `${path.basename(file)} ${toKb(bytes)}`);
    return kB > before ? [`${folder}: ${before} kB became ${kB} kB: ${largest.join(', ')}`] : [];
  });
}

export const toKb = (bytes) => Math.round(bytes / 100) / 10;

function analyse(from, root) {
  return build({
    absWorkingDir: root,
    entryPoints: from,
    outdir: 'out',
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    packages: 'external',
    jsx: 'automatic',
    logLevel: 'silent',
  });
}
