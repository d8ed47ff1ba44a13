import { useEffect, useState } from 'react';

/** What the address asks for, its names in any case: people write addresses by hand. */
export function readParameters(query: string | URLSearchParams): URLSearchParams {
  return new URLSearchParams([...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase(), value]));
}

/** The choice that the address means, by its key or its words in any case; else as it stands there, so that it can be shown. Empty is none. */
export function readChoice(said: string | null, choices: readonly (readonly [key: string, words: string])[]): string {
  const wanted = (said ?? '').trim();
  const isMeant = (text: string) => text.toLowerCase() === wanted.toLowerCase();
  return choices.find(([key, words]) => isMeant(key) || isMeant(words))?.[0] ?? wanted;
}

/** Puts the address right where it does not say what the page shows: written otherwise, or asking for what the page does not know. */
export function useTidyUrl(query: string, tidy: string, write: (query: string, hash: string) => void): void {
  const [page] = useState(() => window.location.pathname);
  useEffect(() => {
    // On the way to another page the address is that page's already.
    if (page === window.location.pathname && new URLSearchParams(query).toString() !== tidy) write(tidy, window.location.hash);
  }, [page, query, tidy, write]);
}
