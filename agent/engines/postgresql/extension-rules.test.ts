import { expect, test } from 'vitest';
import { refuseExtension } from './extension-rules.ts';

test.each(['plpython3u', 'plperlu', 'pltclu', 'hstore_plpython3u', 'jsonb_plperlu', 'plr'])('%s is an untrusted language', (name) => {
  expect(refuseExtension(name, true)).toMatch(/on the host/);
});

test.each(['file_fdw', 'adminpack', 'dblink', 'postgres_fdw', 'oracle_fdw', 'http'])(
  '%s reaches host or network, whoever may create it',
  (name) => {
    expect(refuseExtension(name, true)).toMatch(/the host/);
  },
);

test('what the engine trusts and what was looked at is offered; the rest is not, and names of objects are no entries', () => {
  expect(refuseExtension('hstore', true)).toBeNull();
  expect(refuseExtension('pgstattuple', false)).toBeNull();
  for (const name of ['unheard_of', 'constructor', '__proto__']) expect(refuseExtension(name, false)).toMatch(/nobody has looked/);
});
