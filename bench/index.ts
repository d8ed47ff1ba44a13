import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import path from 'node:path';
import { type Product, readOperatorPassword, startProduct, stopProduct } from '../e2e/product.ts';
import { createRest, signInForCookie } from '../e2e/rest.ts';
import { findFreePort } from '../launcher/free-port.mjs';
import { agentMemory } from './agent-memory.ts';
import { archiveLag } from './archive-lag.ts';
import { backupMariadb } from './backup-mariadb.ts';
import { backupPostgresql } from './backup-postgresql.ts';
import { clickToAccepted } from './click-to-accepted.ts';
import { creates } from './create.ts';
import { type Bench, type Benchmark, type Figure, isMet } from './figure.ts';
import { cacheFile } from './fill-cache.ts';
import { firstLoad } from './first-load.ts';
import { heartbeatToPixel } from './heartbeat-to-pixel.ts';
import { heartbeatsWritten } from './heartbeats-written.ts';
import { lighthouse } from './lighthouse.ts';
import { monitoring } from './monitoring.ts';
import { requests } from './requests.ts';
import { restorePrecision } from './restore-precision.ts';
import { seenOnPage } from './seen-on-page.ts';
import { toTable } from './table.ts';

/** In this order: what needs a quiet control plane first, what fills it with a thousand instances last. */
const benchmarks: readonly Benchmark[] = [
  ...creates,
  clickToAccepted,
  heartbeatToPixel,
  seenOnPage,
  monitoring,
  agentMemory,
  backupPostgresql,
  backupMariadb,
  archiveLag,
  ...restorePrecision,
  requests,
  firstLoad,
  lighthouse,
  heartbeatsWritten,
];

/** `npm run bench`, `npm run bench -- create requests --quick`: measures, prints a table, writes var/bench/<time>.json. `create` is all three. */
const words = process.argv.slice(2);
const isQuick = words.includes('--quick');
const names = words.filter((word) => !word.startsWith('--'));
const isNamed = (name: string, word: string) => name === word || name.startsWith(`${word}-`);
const chosen = benchmarks.filter(({ name }) => names.length === 0 || names.some((word) => isNamed(name, word)));
const unknown = names.filter((word) => !benchmarks.some(({ name }) => isNamed(name, word)));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are ${benchmarks.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}
const folder = path.resolve('var/bench');
mkdirSync(folder, { recursive: true });
const port: number = await findFreePort();
const product: Product = { url: `http://127.0.0.1:${port}`, port, data: path.join(folder, 'product') };
const figures: Figure[] = [];
const failures: string[] = [];
await stopProduct(product);
rmSync(product.data, { recursive: true, force: true });
say(`Guestboard starts for the benchmarks, in ${product.data}`);
await startProduct(product);
try {
  const bench = await openBench();
  for (const benchmark of chosen) {
    say(`measuring ${benchmark.name}`);
    try {
      const found = await benchmark.run(bench);
      figures.push(...found);
      for (const figure of found) say(`        ${figure.figure}: ${figure.value} ${figure.unit}`);
    } catch (error) {
      failures.push(benchmark.name);
      say(`        ${benchmark.name} could not be measured: ${error instanceof Error ? error.stack : error}`);
    }
  }
} finally {
  await stopProduct(product);
  rmSync(path.join(folder, cacheFile), { force: true });
}
const file = path.join(folder, `${new Date().toISOString().replaceAll(':', '-')}.json`);
const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown', memoryBytes: totalmem(), node: process.version };
writeFileSync(
  file,
  JSON.stringify({ at: new Date().toISOString(), command: ['npm run bench --', ...words].join(' '), machine, figures, failures }, null, 2),
);
console.log(`\n${toTable(figures)}\n\n${machine.cores} cores, ${machine.cpu}, Node ${machine.node}; written to ${file}`);
process.exit(failures.length === 0 && figures.every(isMet) ? 0 : 1);

async function openBench(): Promise<Bench> {
  const cookie = await signInForCookie(product.url, 'operator', readOperatorPassword(product));
  const rest = createRest(product.url, { cookie });
  const { value: token } = await rest('createToken', { body: { name: 'bench', expiresInDays: 1 } });
  if (token === undefined) throw new Error('A created token came without its value.');
  return { product, rest, cookie, token, isQuick, folder, say };
}

function say(line: string) {
  console.log(line);
}
