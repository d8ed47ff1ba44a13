import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import run, { desktopConfig } from 'lighthouse';
import { enter } from '../e2e/fixtures.ts';
import { findFreePort } from '../launcher/free-port.mjs';
import { chromium as chromiumPath } from '../launcher/test-packages.mjs';
import { chromiumArguments } from './browser.ts';
import { type Bench, type Benchmark, type Figure, median } from './figure.ts';
import { plantInstances, removePlanted } from './plant-instances.ts';

const categories = { performance: 'performance', accessibility: 'accessibility', 'best-practices': 'best practices' } as const;

const metrics = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index'];
type Score = { of: Record<string, number>; metrics: string };

/** Lighthouse's desktop scores of the instances page with 1,000 rows, signed in, median of five. */
export const lighthouse: Benchmark = {
  name: 'lighthouse',
  async run(bench) {
    await plantInstances(bench, 1000);
    const scores = await scoreAgain(bench, bench.isQuick ? 1 : 5);
    await removePlanted(bench);
    return Object.entries(categories).map(([key, title]): Figure => {
      const found = scores.map(({ of }) => of[key] ?? Number.NaN);
      return {
        figure: `Lighthouse desktop, ${title}, /instances with 1,000 rows`,
        unit: 'of 100',
        value: median(found),
        median: median(found),
        p99: null,
        n: found.length,
        bar: { atLeast: 95 },
        barOf: 'median',
        peer: null,
        remark: `all: ${found.join(', ')}${key === 'performance' ? `; the last: ${scores.at(-1)?.metrics}` : ''}`,
      };
    });
  },
};

/** The session lives in the browser's own cookie jar, so that the socket has it as well. */
async function scoreAgain(bench: Bench, times: number): Promise<Score[]> {
  const profile = mkdtempSync(path.join(tmpdir(), 'guestboard-lighthouse-'));
  const port: number = await findFreePort();
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    args: [...chromiumArguments, `--remote-debugging-port=${port}`],
  });
  try {
    await enter(context, bench.product, { cookie: bench.cookie });
    const scores: Score[] = [];
    for (let time = 0; time < times; time += 1) scores.push(await score(`${bench.product.url}/instances`, port));
    return scores;
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function score(url: string, port: number): Promise<Score> {
  const flags = { port, disableStorageReset: true, onlyCategories: Object.keys(categories), logLevel: 'error', output: 'json' } as const;
  const result = await run(url, { ...flags, onlyCategories: [...flags.onlyCategories] }, desktopConfig);
  if (!result || result.lhr.runtimeError) throw new Error(`Lighthouse: ${result?.lhr.runtimeError?.message ?? 'no result'}`);
  if (!result.lhr.finalDisplayedUrl.endsWith('/instances')) throw new Error(`Lighthouse landed on ${result.lhr.finalDisplayedUrl}.`);
  const { lhr } = result;
  return {
    of: Object.fromEntries(Object.entries(lhr.categories).map(([key, category]) => [key, Math.round((category.score ?? 0) * 100)])),
    metrics: metrics.map((key) => `${lhr.audits[key]?.title} ${lhr.audits[key]?.displayValue}`).join(', '),
  };
}
