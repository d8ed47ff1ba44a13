import { describe, expect, it } from 'vitest';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { blankDraft, fromSource, toCurl, toInput, toVersion } from './draft.ts';

const draft = { ...blankDraft('p1'), name: 'orders', version: '15' };

describe('the new-instance draft', () => {
  it('needs only a name and a version to be a valid input', () => {
    const input = CreateInstanceInput.parse(toInput(draft));
    expect(input.users).toEqual([{ name: 'app', databases: ['app'] }]);
    expect(input.from).toEqual({ kind: 'empty' });
  });
  it('asks for no accounts where the data already has them', () => {
    const source = {
      id: crypto.randomUUID(),
      projectId: 'p2',
      datastore: 'postgresql',
      version: '18',
      flavorId: 'gb.4g',
      volumeBytes: 2 ** 33,
      allowedCidrs: ['10.0.0.0/8'],
      name: 'billing',
    };
    const input = CreateInstanceInput.parse(toInput(fromSource(blankDraft('p1'), source as never)));
    expect(input).toMatchObject({ name: 'billing-replica', version: '18', flavorId: 'gb.4g', users: [], databases: [] });
  });
  it('leaves a configuration group behind when another engine is chosen', () => {
    const grouped = { ...draft, configurationGroupId: crypto.randomUUID() };
    expect(toVersion(grouped, { datastore: 'postgresql', version: '18' }).configurationGroupId).toBe(grouped.configurationGroupId);
    expect(toInput(toVersion(grouped, { datastore: 'redis', version: '7.0' }))).toMatchObject({
      users: [{ databases: ['application'] }],
    });
    expect(toInput(toVersion(grouped, { datastore: 'mariadb', version: '10.11' }))).not.toHaveProperty('configurationGroupId');
  });
  it('never writes a typed password into a command line', () => {
    expect(toCurl({ ...draft, password: 'correct horse battery' }, 'http://x')).not.toContain('correct horse');
  });
});
