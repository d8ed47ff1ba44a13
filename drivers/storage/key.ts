import { GuestboardError } from '#contract/errors.ts';

/** Refuses a key that could leave its folder or mean something to a system it passes through. */
export function checkKey(key: string): string {
  const parts = key.split('/');
  if (key.length > 512 || parts.some((part) => !/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(part) || part.endsWith('.partial'))) {
    throw new GuestboardError('invalid-input', 'A storage key has letters, digits, dots, underscores and hyphens between slashes.');
  }
  return key;
}
