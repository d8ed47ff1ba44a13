import { expect, test } from 'vitest';
import { type DatastoreName, datastores, getDatastore } from '#contract/datastores/definitions.ts';
import { hintName } from './name-hint.ts';

const taken = 'orders';
/** What a hint must say where an engine refuses a name that others take. */
const rules: [string, RegExp][] = [
  ['a b', /without spaces/],
  ['a ', /without spaces|no space (at its end|around it)/],
  [' a', /without spaces|no space around it/],
  ['🙂', /without emoji/],
  ['x'.repeat(40), /32 letters/],
];

test.each(Object.keys(datastores) as DatastoreName[])('what %s refuses in a name, the hint beside it says', (name) => {
  const { refuseUser, refuseDatabase } = getDatastore(name).names;
  for (const [of, refuse] of [
    ['user', refuseUser],
    ['database', refuseDatabase],
  ] as const) {
    if (refuse(taken) !== null) continue;
    for (const [typed, says] of rules) expect(says.test(hintName(name, of)), `${of} ${typed}`).toBe(refuse(typed) !== null);
  }
});
