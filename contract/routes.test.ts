import { expect, it } from 'vitest';
import { api } from './api.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { routes } from './routes.ts';

it('names every endpoint as the contract does', () => {
  const expected = Object.entries(api as Record<string, Endpoint>).map(([name, { method, path, idempotent }]) => [
    name,
    idempotent ? { method, path, idempotent } : { method, path },
  ]);
  expect(routes).toEqual(Object.fromEntries(expected));
});
