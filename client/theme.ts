import { createStore } from './store.ts';

export type Theme = 'light' | 'dark' | 'system';
export type Density = 'comfortable' | 'compact';

/** Counts changes of the look, for things that read colours themselves (charts). */
export const lookChanges = createStore(0);

export function readTheme(): Theme {
  const stored = remembered('theme');
  return stored === 'dark' || stored === 'light' ? stored : 'system';
}

export function setTheme(theme: Theme): void {
  remember('theme', theme === 'system' ? null : theme);
  applyLook();
}

export function readDensity(): Density {
  return remembered('density') === 'compact' ? 'compact' : 'comfortable';
}

export function setDensity(density: Density): void {
  remember('density', density === 'compact' ? density : null);
  applyLook();
}

export function toggleRail(): void {
  remember('rail', remembered('rail') === 'narrow' ? null : 'narrow');
  applyLook();
}

/** Follows the system's theme while the person has chosen none. Answers how to stop. */
export function watchSystemTheme(): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', applyLook);
  return () => query.removeEventListener('change', applyLook);
}

function applyLook(): void {
  const { dataset } = document.documentElement;
  const theme = readTheme();
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  dataset.theme = dark ? 'dark' : 'light';
  dataset.density = readDensity();
  dataset.rail = remembered('rail') === 'narrow' ? 'narrow' : 'wide';
  lookChanges.set(lookChanges.get() + 1);
}

function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Private windows may refuse storage; the look then lasts as long as the page. */
function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {}
}
