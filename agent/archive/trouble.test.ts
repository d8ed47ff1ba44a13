import { expect, test } from 'vitest';
import { GuestboardError } from '#contract/errors.ts';
import { createLimitWarning, describeTrouble } from './trouble.ts';

test('that half of the kept log is used up is told once on the way up, however often it goes to and fro there', () => {
  const told: string[] = [];
  const look = createLimitWarning(({ sentence }) => told.push(sentence));
  const see = (...kept: number[]) => {
    for (const keptBytes of kept) look({ keptBytes, keptLimitBytes: 100 });
    return told.length;
  };
  expect(see(10, 49)).toBe(0);
  expect(see(51, 48, 52, 47, 60, 90)).toBe(1);
  expect(see(30, 55)).toBe(1);
  expect(see(24, 51)).toBe(2);
});

test('what ends a trouble is said of the storage that has it: a local directory has no target to test', () => {
  const full = new GuestboardError('storage-error', 'The disk of the backup storage is full.');
  expect(describeTrouble(full, { isLocal: true }).next).toMatch(/^See to the host’s disk: delete backups there/);
  expect(describeTrouble(full).next).toMatch(/^Test the storage target\./);
  const away = new GuestboardError('storage-away', 'The folder of the backup storage is away.', { detail: 'ENOENT: open' });
  expect(describeTrouble(away, { isLocal: true })).toMatchObject({
    sentence: expect.stringMatching(/ is away\. ENOENT: open\.$/),
    next: expect.stringMatching(/is mounted and their folder has the rights it had/),
  });
});
