import { createStore } from './store.ts';

const name = 'shortcuts';

/** Whether single keys (n, /, ?, g i …) act; some assistive tools type them. Remembered in this browser. */
export const singleKeys = createStore(true);

export function readSingleKeys(): void {
  try {
    singleKeys.set(localStorage.getItem(name) !== 'off');
  } catch {}
}

export function setSingleKeys(on: boolean): void {
  singleKeys.set(on);
  try {
    if (on) localStorage.removeItem(name);
    else localStorage.setItem(name, 'off');
  } catch {}
}
