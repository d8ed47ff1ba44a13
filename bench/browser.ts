import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { enter } from '../e2e/fixtures.ts';
import { chromium as chromiumPath } from '../launcher/test-packages.mjs';
import type { Bench } from './figure.ts';

export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
];

/** A real Chromium on a desktop screen, signed in as the operator. */
export async function withPage<T>(bench: Bench, work: (page: Page, context: BrowserContext) => Promise<T>): Promise<T> {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments });
  try {
    const context = await browser.newContext({ baseURL: bench.product.url, viewport: { width: 1440, height: 900 } });
    await enter(context, bench.product, { cookie: bench.cookie });
    return await work(await context.newPage(), context);
  } finally {
    await browser.close();
  }
}
