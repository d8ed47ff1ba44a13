import { expect, test } from 'vitest';
import { GuestboardError } from '#contract/errors.ts';
import { fillSecond } from './second-copy.ts';

test('a disk that filled up meanwhile is named, whoever stumbled over it; what else went wrong keeps its own words', async () => {
  const said = 'mariadbd: Error writing file (Errcode: 28 "No space left on device")';
  const stumble = async () => Promise.reject(new GuestboardError('engine-error', 'mariadbd ended with 1.', { detail: said }));
  await expect(fillSecond(stumble)).rejects.toMatchObject({
    code: 'volume-full',
    message: expect.stringContaining('disk filled up'),
    detail: expect.stringContaining(said),
  });
  const other = new GuestboardError('engine-error', 'The new version differs from the old in its tables.');
  await expect(fillSecond(async () => Promise.reject(other))).rejects.toBe(other);
});
