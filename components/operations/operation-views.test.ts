import { expect, it } from 'vitest';
import { readView } from './operation-views.ts';

it('the view of operations is read in any case; what is none is not kept in the address', () => {
  const read = (query: string) => ({ ...readView(query), view: readView(query).view.key });
  expect(read('')).toEqual({ view: 'all', tidy: '' });
  for (const query of ['view=failed', 'view=Failed', 'VIEW=FAILED&x=1'])
    expect(read(query), query).toEqual({ view: 'failed', tidy: 'view=failed' });
  for (const query of ['view=all', 'view=lost', 'state=failed']) expect(read(query), query).toEqual({ view: 'all', tidy: '' });
});
