import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { type Clock, createClock, useTick } from './clock.ts';
import { type Connection, createConnection } from './connection.ts';
import { createLive, type Live } from './live.ts';
import { createJournal, type Journal } from './newer.ts';
import { ApiProblem } from './problem.ts';
import { createPulses, type Pulses } from './pulses.ts';

/** Everything the page holds outside React; made once per page load and passed down. */
export type Browser = { queries: QueryClient; journal: Journal; pulses: Pulses; clock: Clock; connection: Connection; live: Live };

export function createBrowser(): Browser {
  const connection = createConnection();
  const watch = (error: unknown) => {
    if (error instanceof ApiProblem && error.code === 'not-signed-in') connection.to('ended');
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: {
        // The socket keeps data current; a refetch is for reconnects and gaps.
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failures, error) => failures < 2 && error instanceof ApiProblem && isPassing(error),
      },
    },
  });
  const parts = { queries, journal: createJournal(), pulses: createPulses(), clock: createClock(connection), connection };
  return { ...parts, live: createLive(parts) };
}

/** Worth asking again at once. What took too long already was waited for long enough. */
function isPassing({ code, status }: ApiProblem): boolean {
  return code !== 'deadline-passed' && (status === 0 || status >= 502);
}

export const BrowserContext = createContext<Browser | null>(null);

export function useBrowser(): Browser {
  const browser = useContext(BrowserContext);
  if (browser === null) throw new Error('useBrowser is called outside Providers.');
  return browser;
}

/** The control plane's time, re-rendering every `everyMs`. 0 before the page has woken up. */
export function useNow(everyMs = 1000): number {
  return useTick(useBrowser().clock, everyMs);
}
