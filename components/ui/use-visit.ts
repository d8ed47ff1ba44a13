import { useRouter } from 'next/navigation';
import { useCallback } from 'react';
import { useBrowser } from '#client/browser.ts';
import { notify } from './notify.ts';

const answerMs = 2000;

/** Goes to another page, unless that cannot be fetched: the browser's own error would take the place of what is still known. */
export function useVisit(): (href: string) => void {
  const { connection } = useBrowser();
  const router = useRouter();
  return useCallback(
    (href) => {
      if (connection.state.get().phase !== 'reconnecting') return router.push(href);
      void answers().then((there) => (there ? router.push(href) : notify(stays, { tone: 'attention' })));
    },
    [connection, router],
  );
}

const stays = 'The control plane does not answer, so no other page can be opened. This one stays as it was last known.';

function answers(): Promise<boolean> {
  return fetch('/healthz', { signal: AbortSignal.timeout(answerMs) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
