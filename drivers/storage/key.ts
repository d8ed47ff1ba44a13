import { GuestboardError } from '#contract/errors.ts';

/** Refuses a key that could leave its folder or mean something to a system it passes through. */
export function checkKey(key: string): string {
  if (!isKey(key)) {
    throw new GuestboardError('invalid-input', 'A storage key has letters, digits, dots, underscores and hyphens between slashes.');
  }
  return key;
}

/** A folder is a key with a slash at its end. */
export function checkFolder(folder: string): string {
  if (!folder.endsWith('/')) throw new GuestboardError('invalid-input', 'A folder of objects ends with a slash.');
  checkKey(folder.slice(0, -1));
  return folder;
}

/** What is named otherwise in a shared place is not ours: another program's, or hidden by a driver. */
export function isKey(key: string): boolean {
  const allowed = (part: string) => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(part) && !part.endsWith('.partial');
  return key.length <= 512 && key.split('/').every(allowed);
}

/** The first folder of each key or folder, each once, sorted; what is not named as ours is left out. */
export function toFolderNames(keys: readonly string[]): string[] {
  const names = keys.flatMap((key) => (key.includes('/') ? (key.split('/')[0] ?? []) : []));
  return [...new Set(names)].filter(isKey).sort();
}
