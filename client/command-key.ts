import { useSyncExternalStore } from 'react';

/** The key that goes with K, as this person's keyboard prints it. Before the page has woken up it is the more common one. */
export function useCommandKey(): string {
  return useSyncExternalStore(
    () => () => {},
    () => nameCommandKey(navigator.platform),
    () => nameCommandKey(''),
  );
}

export function nameCommandKey(platform: string): 'Ctrl' | '⌘' {
  return /^(Mac|iP)/.test(platform) ? '⌘' : 'Ctrl';
}
