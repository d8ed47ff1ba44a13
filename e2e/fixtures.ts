import { type BrowserContext, test as base, type Page } from '@playwright/test';
import type { Instance } from '#contract/resources/instance.ts';
import { createInstance, deleteInstances, uniqueName } from './instances.ts';
import { type Product, readOperatorPassword, sharedProduct } from './product.ts';
import { createRest, type Rest, signInForCookie } from './rest.ts';

/** Somebody who may sign in: the cookie of a session made once, and REST calls as this person. */
export type Person = { username: string; password: string; cookie: string; rest: Rest };

type ForEachTest = {
  /** A second browser of the operator, with nothing in common with the first but the person. */
  secondPage: Page;
  /** A browser of nobody. */
  strangersPage: Page;
  tidy: undefined;
};
type ForAllTests = {
  product: Product;
  operator: Person;
  /** REST as the operator. */
  rest: Rest;
  /** A healthy PostgreSQL that every spec may use and none may delete. */
  shared: Instance;
};

/** Every spec starts signed in as the operator; whatever instances it makes are gone when it ends. */
export const test = base.extend<ForEachTest, ForAllTests>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a fixture needs from this pattern.
  product: [async ({}, use) => use(sharedProduct()), { scope: 'worker' }],
  operator: [
    async ({ product }, use) => use(await signIn(product, 'operator', readOperatorPassword(product))),
    { scope: 'worker', timeout: 60_000 },
  ],
  rest: [async ({ operator }, use) => use(operator.rest), { scope: 'worker' }],
  shared: [
    async ({ rest }, use) => {
      const found = (await rest('listInstances', { query: { text: sharedPrefix } })).items[0];
      await use(found ?? (await createInstance(rest, { name: uniqueName(sharedPrefix) })));
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  context: async ({ context, product, operator }, use) => {
    await enter(context, product, operator);
    await use(context);
  },
  secondPage: async ({ browser, product, operator }, use) => {
    const context = await browser.newContext();
    await enter(context, product, operator);
    await use(await context.newPage());
    await context.close();
  },
  strangersPage: async ({ browser }, use) => {
    const context = await browser.newContext();
    await use(await context.newPage());
    await context.close();
  },
  tidy: [
    async ({ rest }, use) => {
      await use(undefined);
      await deleteInstances(rest, (instance) => instance.name.startsWith(sharedPrefix));
    },
    { auto: true, timeout: 90_000 },
  ],
});

export { expect } from '@playwright/test';

export async function signIn(product: Product, username: string, password: string): Promise<Person> {
  const cookie = await signInForCookie(product.url, username, password);
  return { username, password, cookie, rest: createRest(product.url, { cookie }) };
}

/** Puts a person's session into a browser. */
export async function enter(context: BrowserContext, product: Product, person: Pick<Person, 'cookie'>): Promise<void> {
  await context.addCookies(
    person.cookie.split('; ').map((pair) => ({
      name: pair.slice(0, pair.indexOf('=')),
      value: pair.slice(pair.indexOf('=') + 1),
      url: product.url,
      httpOnly: true,
    })),
  );
}

const sharedPrefix = 'shared';
