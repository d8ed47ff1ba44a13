import { expect, test } from 'vitest';
import { findPlaces } from './find-places.ts';

const orders = { id: 'o', name: 'orders-db', datastore: 'postgresql' } as const;
const cache = { id: 'c', name: 'cache', datastore: 'redis' } as const;
const all = { instances: [cache, orders], projects: [{ id: 'p', title: 'Web shop', name: 'web' }] };
const find = (text: string, here: typeof orders | null = null) => findPlaces(text.split(' '), here, all).map(({ title }) => title);

test('an instance’s tab is found by its name and the instance’s, on its own page by the tab’s alone', () => {
  expect(find('logs ord')).toEqual(['Logs of orders-db']);
  expect(find('logs')).toEqual([]);
  expect(find('logs', orders)).toEqual(['Logs of orders-db']);
  expect(findPlaces(['events', 'cache'], orders, all)).toEqual([{ href: '/instances/c/events', title: 'Events of cache' }]);
});

test('a word that could be either is no tab of every instance it is in', () => {
  expect(find('re')).toEqual([]);
});

test('a project is found by its title, its name or the word', () => {
  for (const text of ['project', 'web', 'project shop']) expect(find(text)).toEqual(['Project Web shop']);
});
