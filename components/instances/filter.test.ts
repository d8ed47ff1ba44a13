import { describe, expect, it } from 'vitest';
import { matches, parseFilter, type Seen } from './filter.ts';

const seen = {
  instance: { id: '11', name: 'orders-db', datastore: 'postgresql', version: '15', role: 'source', operationId: null },
  health: { tone: 'broken', label: 'Not writable', sentence: '' },
  projectName: 'shop',
} as Seen;
const holds = (text: string) => matches(parseFilter(text), seen);

describe('the filter of the instances page', () => {
  it('finds words in the name', () => {
    expect(holds('order')).toBe(true);
    expect(holds('billing')).toBe(false);
  });
  it('narrows by field and excludes with !', () => {
    expect(holds('state:broken engine:postgres role:source')).toBe(true);
    expect(holds('state:!broken')).toBe(false);
    expect(holds('state:!healthy project:shop is:problem')).toBe(true);
    expect(holds('state:not-writable')).toBe(true);
  });
  it('matches nothing for a field it does not know, and everything while a value is still being typed', () => {
    expect(holds('colour:red')).toBe(false);
    expect(holds('state:')).toBe(true);
  });
});
