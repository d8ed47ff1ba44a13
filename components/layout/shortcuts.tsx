import { useEffect } from 'react';
import { readSingleKeys, singleKeys } from '#client/preferences.ts';
import { useVisit } from '#components/ui/use-visit.ts';
import { desks, places } from './places.ts';

export type ShortcutActions = { onSearch(): void; onHelp(): void };

/** Listens for the keys of the `?` sheet. Single keys rest while a person types, while a dialog is open, or when switched off. */
export function Shortcuts({ onSearch, onHelp }: ShortcutActions) {
  const visit = useVisit();
  useEffect(() => {
    readSingleKeys();
    let prefixedAt = 0;
    const listen = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        onSearch();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || !singleKeys.get() || isTaken(event.target)) return;
      const run = pick(event.key, Date.now() - prefixedAt < 1200);
      prefixedAt = event.key === 'g' ? Date.now() : 0;
      if (run === null) return;
      event.preventDefault();
      run();
    };
    const pick = (key: string, prefixed: boolean): (() => void) | null => {
      const place = prefixed && [...places, ...desks].find((candidate) => candidate.key === key);
      if (place) return () => visit(place.href);
      if (key === 'n') return () => visit('/instances/new');
      if (key === '?') return onHelp;
      const search = document.querySelector<HTMLInputElement>('input[type=search]');
      if (key === '/') return search === null ? onSearch : () => search.focus();
      return null;
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [visit, onSearch, onHelp]);
  return null;
}

function isTaken(target: EventTarget | null): boolean {
  if (document.querySelector('[role=dialog],[role=menu]') !== null) return true;
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
