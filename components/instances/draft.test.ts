import { describe, expect, it } from 'vitest';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { blankDraft, explainNoMoment, fromPoint, fromSource, isProtected, toCurl, toInput, toVersion } from './draft.ts';

const draft = { ...blankDraft('p1'), name: 'orders', version: '15' };

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

describe('the new-instance draft', () => {
  it('needs only a name and a version to be a valid input', () => {
    const input = CreateInstanceInput.parse(toInput(draft));
    expect(input.users).toEqual([{ name: 'app', databases: ['app'] }]);
    expect(input.from).toEqual({ kind: 'empty' });
  });
  it('asks for no accounts where the data already has them', () => {
    const input = CreateInstanceInput.parse(toInput(fromSource(blankDraft('p1'), source as never)));
    expect(input).toMatchObject({ name: 'billing-replica', version: '18', flavorId: 'gb.4g', users: [], databases: [] });
  });
  it('takes a moment with the version and at least the size of the instance it was of', () => {
    const small = fromPoint(blankDraft('p1'), { ...source, volumeBytes: 2 ** 35 } as never, 1_790_000_000_000);
    expect(CreateInstanceInput.parse(toInput(small))).toMatchObject({
      name: 'billing-restored',
      version: '18',
      flavorId: 'gb.4g',
      volumeBytes: 2 ** 35,
      users: [],
      from: { kind: 'point-in-time', instanceId: source.id, atMs: 1_790_000_000_000 },
    });
    const large = fromPoint({ ...draft, flavorId: 'gb.8g', volumeBytes: 2 ** 36 }, { ...source, volumeBytes: 2 ** 35 } as never, 5);
    expect(large).toMatchObject({ name: 'orders', flavorId: 'gb.8g', volumeBytes: 2 ** 36 });
  });
  it('says what to do where nothing was archived to take a moment of', () => {
    const from = { kind: 'point-in-time', instanceId: source.id, atMs: 0 } as const;
    const explain = (window: object) => explainNoMoment(from, 'billing', window as never);
    expect(explain({ windows: [], wanted: 'with-first-backup' })).toMatch(/^Nothing of billing .* under Backups, create a full backup/);
    expect(explain({ windows: [], wanted: 'off' })).toMatch(/turn archiving on, then create a full backup/);
    expect(explain({ windows: [{}], wanted: 'on' })).toBeNull();
    expect(explainNoMoment({ kind: 'empty' }, 'billing', undefined)).toBeNull();
  });
  it('leaves a configuration group behind when another engine is chosen', () => {
    const grouped = { ...draft, configurationGroupId: crypto.randomUUID() };
    expect(toVersion(grouped, { datastore: 'postgresql', version: '18' }).configurationGroupId).toBe(grouped.configurationGroupId);
    expect(toInput(toVersion(grouped, { datastore: 'redis', version: '7.0' }))).toMatchObject({
      users: [{ databases: ['application'] }],
    });
    expect(toInput(toVersion(grouped, { datastore: 'mariadb', version: '10.11' }))).not.toHaveProperty('configurationGroupId');
  });
  it('is backed up by schedule unless it is a replica, or somebody decides otherwise', () => {
    const night = { cron: '0 3 * * *', keepCount: 7, fullEvery: 1, storage: 'default' };
    expect(CreateInstanceInput.parse(toInput(draft)).protection).toMatchObject(night);
    expect(toCurl(draft, 'http://x')).toContain('"cron": "0 3 * * *"');
    const replica = fromSource(draft, source as never);
    expect(toInput(replica)).not.toHaveProperty('protection');
    expect(
      [
        { ...replica, protect: true },
        { ...draft, protect: false },
      ].map(isProtected),
    ).toEqual([true, false]);
  });
  it('is no input while its schedule is none, rather than an instance without one', () => {
    const wrong = { ...draft, schedule: { ...draft.schedule, keepCount: 'many' } };
    expect(CreateInstanceInput.safeParse(toInput(wrong)).success).toBe(false);
  });
  it('never writes a typed password into a command line', () => {
    expect(toCurl({ ...draft, password: 'correct horse battery' }, 'http://x')).not.toContain('correct horse');
  });
});
