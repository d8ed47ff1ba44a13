import { expect, test } from 'vitest';
import type { Connection } from '#contract/resources/connection.ts';
import { orderByWaiting } from './order-by-waiting.ts';

function make(id: string, ...blockedBy: string[]): Connection {
  const rest = { user: 'app', database: 'app', program: null, address: null, inStateMs: 0, inTransactionMs: null, connectedMs: 0 };
  return { id, ...rest, state: 'active', statement: null, blockedBy };
}
const show = (...connections: Connection[]) =>
  orderByWaiting(connections).map(({ connection, depth, holdsUp }) => `${'>'.repeat(depth)}${connection.id}:${holdsUp}`);

test('who holds others up comes first, those that wait beneath it', () => {
  expect(show(make('c', 'b'), make('b', 'a'), make('d', 'a'), make('free'), make('a'))).toEqual(['a:3', '>b:1', '>>c:0', '>d:0', 'free:0']);
});

test('one that waits for two stands beneath one of them; one that waits for nobody listed is free', () => {
  expect(show(make('a'), make('b'), make('c', 'b', 'a'), make('d', 'gone'))).toEqual(['b:1', '>c:0', 'a:0', 'd:0']);
});

test('a ring of waiters loses nobody and ends', () => {
  expect(show(make('a', 'b'), make('b', 'a'))).toEqual(['a:1', '>b:0']);
});
